/**
 * The consent question as it is read aloud, in the languages narrators speak. These texts are kept
 * word for word in the consent record, so they live here and not in the page's catalogues. All but
 * English were drafted by a machine and are marked so until a native reader has checked them.
 */

export type Answer = "family" | "community" | "everyone" | "nobody";
export const ANSWERS: readonly Answer[] = ["family", "community", "everyone", "nobody"];

type Choice = readonly [title: string, note: string];

export interface ConsentText {
  tag: string;
  draft: boolean;
  question: string;
  answers: Record<Answer, Choice>;
  words: { question: string; yes: Choice; no: Choice };
}

/** `{name}` stands for the narrator's name. */
export const CONSENT_TEXTS: readonly ConsentText[] = [
  {
    tag: "en",
    draft: false,
    question: "Who may hear this story?",
    answers: {
      family: ["Our family", "People {name} or you invite."],
      community: [
        "Our community",
        "People with an account in this archive, after its archivists agree.",
      ],
      everyone: ["Everyone", "Anyone can find it, listen and read."],
      nobody: ["Nobody yet", "We keep it safe. {name} decides later."],
    },
    words: {
      question: "May a computer write down the words?",
      yes: [
        "Yes",
        "It listens and writes, so that the words can be found. People can correct them.",
      ],
      no: ["No", "The recording is kept and can be heard. No computer listens to it."],
    },
  },
  {
    tag: "zh-Hant",
    draft: true,
    question: "誰可以聽這個故事？",
    answers: {
      family: ["我們的家人", "{name}或您邀請的人。"],
      community: ["我們的社群", "在這個檔案館有帳號的人，並且經過檔案員同意。"],
      everyone: ["所有人", "任何人都可以找到、收聽和閱讀。"],
      nobody: ["暫時不公開", "我們妥善保管，以後由{name}決定。"],
    },
    words: {
      question: "可以讓電腦把話寫下來嗎？",
      yes: ["可以", "電腦聽了寫成文字，這樣才找得到。人可以改正。"],
      no: ["不可以", "錄音會保存，也可以聽。不讓電腦聽寫。"],
    },
  },
  {
    tag: "yue-Hant",
    draft: true,
    question: "邊個可以聽呢個故事？",
    answers: {
      family: ["我哋屋企人", "{name}或者你邀請嘅人。"],
      community: ["我哋嘅社群", "喺呢個檔案館有帳戶嘅人，仲要檔案員同意。"],
      everyone: ["所有人", "任何人都可以搵到、聽同埋睇。"],
      nobody: ["暫時唔公開", "我哋會好好保管，遲啲由{name}決定。"],
    },
    words: {
      question: "可唔可以畀電腦將啲說話寫低？",
      yes: ["可以", "電腦聽完寫成文字，咁先搵得返。人可以改正。"],
      no: ["唔可以", "錄音會保存，亦可以聽。唔會畀電腦聽寫。"],
    },
  },
  {
    tag: "zh-Hans",
    draft: true,
    question: "谁可以听这个故事？",
    answers: {
      family: ["我们的家人", "{name}或您邀请的人。"],
      community: ["我们的社群", "在这个档案馆有账号的人，并且经过档案员同意。"],
      everyone: ["所有人", "任何人都可以找到、收听和阅读。"],
      nobody: ["暂时不公开", "我们妥善保管，以后由{name}决定。"],
    },
    words: {
      question: "可以让电脑把话写下来吗？",
      yes: ["可以", "电脑听了写成文字，这样才找得到。人可以改正。"],
      no: ["不可以", "录音会保存，也可以听。不让电脑听写。"],
    },
  },
  {
    tag: "ja",
    draft: true,
    question: "この話は、誰が聞いてもよいですか。",
    answers: {
      family: ["家族", "{name}さんかあなたが招いた人。"],
      community: ["地域の仲間", "このアーカイブに登録している人。担当者が認めたあとで。"],
      everyone: ["すべての人", "誰でも見つけて、聞いて、読むことができます。"],
      nobody: ["まだ誰にも", "大切にお預かりします。あとで{name}さんが決めます。"],
    },
    words: {
      question: "コンピューターが言葉を書き起こしてもよいですか。",
      yes: ["はい", "聞いて文字にするので、あとで言葉を探せます。人が直せます。"],
      no: ["いいえ", "録音は保存され、聞くことができます。コンピューターには聞かせません。"],
    },
  },
  {
    tag: "ko",
    draft: true,
    question: "이 이야기를 누가 들어도 될까요?",
    answers: {
      family: ["우리 가족", "{name} 님이나 당신이 초대한 사람."],
      community: ["우리 공동체", "이 기록 보관소에 계정이 있는 사람. 담당자가 동의한 뒤에."],
      everyone: ["모든 사람", "누구나 찾아서 듣고 읽을 수 있습니다."],
      nobody: ["아직 아무도", "잘 보관하겠습니다. 나중에 {name} 님이 정합니다."],
    },
    words: {
      question: "컴퓨터가 말을 받아 적어도 될까요?",
      yes: ["네", "듣고 글로 적어서 나중에 말을 찾을 수 있습니다. 사람이 고칠 수 있습니다."],
      no: ["아니요", "녹음은 보관되고 들을 수 있습니다. 컴퓨터는 듣지 않습니다."],
    },
  },
  {
    tag: "vi",
    draft: true,
    question: "Ai được nghe câu chuyện này?",
    answers: {
      family: ["Gia đình chúng ta", "Những người {name} hoặc bạn mời."],
      community: [
        "Cộng đồng của chúng ta",
        "Những người có tài khoản trong kho lưu trữ này, sau khi người phụ trách đồng ý.",
      ],
      everyone: ["Mọi người", "Ai cũng có thể tìm, nghe và đọc."],
      nobody: ["Chưa ai cả", "Chúng tôi giữ gìn cẩn thận. {name} sẽ quyết định sau."],
    },
    words: {
      question: "Máy tính có được chép lại lời nói không?",
      yes: ["Được", "Máy nghe và viết ra để sau này tìm được lời nói. Người ta có thể sửa lại."],
      no: ["Không", "Bản ghi âm được giữ và có thể nghe. Không máy nào nghe nó."],
    },
  },
  {
    tag: "fil",
    draft: true,
    question: "Sino ang puwedeng makinig sa kuwentong ito?",
    answers: {
      family: ["Ang pamilya natin", "Mga taong iimbitahan mo o ni {name}."],
      community: [
        "Ang komunidad natin",
        "Mga taong may account sa archive na ito, kapag pumayag ang mga tagapangalaga nito.",
      ],
      everyone: ["Lahat", "Kahit sino ay puwedeng hanapin, pakinggan at basahin ito."],
      nobody: ["Wala muna", "Iingatan namin ito. Si {name} ang magpapasya sa ibang araw."],
    },
    words: {
      question: "Puwede bang isulat ng computer ang mga salita?",
      yes: [
        "Oo",
        "Nakikinig at nagsusulat ito para mahanap ang mga salita. Puwede itong itama ng tao.",
      ],
      no: [
        "Hindi",
        "Itatago ang recording at puwedeng pakinggan. Walang computer na makikinig dito.",
      ],
    },
  },
  {
    tag: "hi",
    draft: true,
    question: "यह कहानी कौन सुन सकता है?",
    answers: {
      family: ["हमारा परिवार", "जिन्हें {name} या आप बुलाएँ।"],
      community: ["हमारा समुदाय", "जिनका इस संग्रह में खाता है, संग्रह के लोगों की सहमति के बाद।"],
      everyone: ["सब लोग", "कोई भी इसे खोज, सुन और पढ़ सकता है।"],
      nobody: ["अभी कोई नहीं", "हम इसे सँभालकर रखेंगे। {name} बाद में तय करेंगे।"],
    },
    words: {
      question: "क्या कंप्यूटर शब्दों को लिख सकता है?",
      yes: ["हाँ", "वह सुनकर लिखता है, ताकि शब्द ढूँढे जा सकें। लोग उन्हें सुधार सकते हैं।"],
      no: ["नहीं", "रिकॉर्डिंग रखी जाएगी और सुनी जा सकेगी। कोई कंप्यूटर इसे नहीं सुनेगा।"],
    },
  },
];

/** The text in the language of `tag`, or the nearest one, or English. */
export function consentText(tag: string): ConsentText {
  const base = tag.split("-")[0];
  const found =
    CONSENT_TEXTS.find((text) => text.tag === tag) ??
    CONSENT_TEXTS.find((text) => text.tag.split("-")[0] === base) ??
    CONSENT_TEXTS[0];
  if (found === undefined) throw new Error("no consent text");
  return found;
}

/** Put the narrator's name where the text has room for it. */
export function withName(text: string, name: string): string {
  return text.replaceAll("{name}", name);
}
