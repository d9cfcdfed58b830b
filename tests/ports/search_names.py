"""Names in the scripts a family writes them in, and sentences that only look like names."""

from __future__ import annotations

# Each group is one name: (what a reader types, a sentence that holds it, its language).
GROUPS: tuple[tuple[tuple[str, str, str], ...], ...] = (
    (
        ("Nguyễn", "Gia đình họ Nguyễn rời Sài Gòn.", "vi"),
        ("Nguyen", "The Nguyen family left Saigon.", "en"),
        ("阮", "那一年阮先生離開了西貢。", "zh-Hant"),
    ),
    (
        ("Trần", "Ông Trần là thầy giáo.", "vi"),
        ("Tran", "Mr. Tran was a teacher.", "en"),
        ("陳", "陳老師教書。", "zh-Hant"),
        ("Chan", "Old Mr. Chan taught us.", "en"),
        ("Tan", "Uncle Robert Tan taught us.", "en"),
        ("Chen", "Professor Chen taught us.", "en"),
    ),
    (
        ("王", "王先生開了一家店。", "zh-Hant"),
        ("Wang", "The shop of Mr. Wang was small.", "en"),
        ("Wong", "Auntie Wong sold noodles.", "en"),
        ("Vương", "Bà Vương bán phở.", "vi"),
    ),
    (
        ("Nakamura", "Grandfather Nakamura fished here.", "en"),
        ("中村", "中村さんは漁師でした。", "ja"),
        ("ナカムラ", "カタカナでナカムラと書いた。", "ja"),
        ("なかむら", "なかむらさんが来ました。", "ja"),
    ),
    (
        ("박정희", "박정희가 대통령이었다.", "ko"),
        ("Park Chung-hee", "President Park Chung-hee ruled then.", "en"),
    ),
    (
        ("김영삼", "그때 김영삼 대통령을 봤다.", "ko"),
        ("Kim Young-sam", "We saw Kim Young-sam in Busan.", "en"),
    ),
    (
        ("이승만", "이승만 박사가 돌아왔다.", "ko"),
        ("Lee Seungman", "Dr. Lee Seungman came back.", "en"),
    ),
    (
        ("최", "최 씨네 집은 멀었다.", "ko"),
        ("Choi", "The Choi house was far.", "en"),
        ("Choe", "The Choe house was far.", "en"),
    ),
    (
        ("Satō", "Satō came by ship.", "en"),
        ("Satou", "Satou came by ship.", "en"),
        ("Satoh", "Satoh came by ship.", "en"),
        ("佐藤", "佐藤さんが船で来た。", "ja"),
    ),
    (
        ("Ōta", "Mrs. Ōta kept the key.", "en"),
        ("Oota", "Mrs. Oota kept the key.", "en"),
        ("Ohta", "Mrs. Ohta kept the key.", "en"),
        ("太田", "太田さんが鍵を持っていた。", "ja"),
    ),
    (
        ("王秀英", "我奶奶王秀英是老师。", "zh-Hans"),
        ("Wang Xiuying", "My grandmother Wang Xiuying was a teacher.", "en"),
    ),
    (
        ("陳大文", "陳大文喺香港出世。", "yue"),
        ("Chan Tai-man", "Mr. Chan Tai-man was born in Hong Kong.", "en"),
    ),
    (
        ("李", "李小姐住在樓上。", "zh-Hant"),
        ("Lee", "Miss Lee lived upstairs.", "en"),
        ("Lý", "Cô Lý ở trên lầu.", "vi"),
    ),
    (
        ("黃", "黃太太賣菜。", "zh-Hant"),
        ("Huang", "Mrs. Huang sold greens.", "en"),
        ("Hoàng", "Bà Hoàng bán rau.", "vi"),
        ("Huỳnh", "Chú Huỳnh chèo đò.", "vi"),
    ),
    (
        ("Phạm", "Anh Phạm làm ruộng.", "vi"),
        ("Pham", "Young Pham worked the field.", "en"),
        ("范", "范先生種田。", "zh-Hant"),
    ),
    (
        ("鈴木", "鈴木さんの畑。", "ja"),
        ("Suzuki", "The field of Suzuki.", "en"),
        ("スズキ", "スズキ商店がありました。", "ja"),
    ),
    (
        ("高橋", "高橋先生が教えた。", "ja"),
        ("Takahashi", "Takahashi taught there.", "en"),
    ),
    (
        ("田中花子", "田中花子と申します。", "ja"),
        ("Tanaka Hanako", "I am Tanaka Hanako.", "en"),
    ),
    (
        ("張", "張伯伯會修車。", "zh-Hant"),
        ("Cheung", "Uncle Cheung mended cars.", "en"),
        ("Zhang", "Uncle Zhang mended cars.", "en"),
        ("Trương", "Bác Trương sửa xe.", "vi"),
    ),
    (
        ("林", "林阿姨會唱歌。", "zh-Hant"),
        ("Lim", "Auntie Lim could sing.", "en"),
        ("Lâm", "Dì Lâm biết hát.", "vi"),
    ),
    (
        ("吳", "吳先生是醫生。", "zh-Hant"),
        ("Ng", "Dr. Ng was a doctor.", "en"),
        ("Goh", "Dr. Goh was a doctor.", "en"),
        ("Ngô", "Ông Ngô là bác sĩ.", "vi"),
    ),
    (
        ("歐陽", "歐陽老師退休了。", "zh-Hant"),
        ("Ouyang", "Teacher Ouyang retired.", "en"),
        ("Au-yeung", "Teacher Au-yeung retired.", "en"),
    ),
    (
        ("Đặng", "Ông Đặng kể chuyện.", "vi"),
        ("Dang", "Old Dang told stories.", "en"),
        ("鄧", "鄧先生講故事。", "zh-Hant"),
    ),
    (
        ("Иванов", "Потом пришёл Иванов.", "ru"),
        ("Ivanov", "Then came Ivanov.", "en"),
    ),
    (
        ("윤", "윤 선생님이 오셨다.", "ko"),
        ("Yoon", "Then came Mrs. Yoon.", "en"),
        ("Yun", "Then came Mrs. Yun.", "en"),
    ),
    # Written after the rules, to see what they had not learnt (recall 0.94 before they were mended).
    (
        ("Lê", "Cô Lê dạy học ở làng.", "vi"),
        ("Le", "Miss Le taught in the village.", "en"),
        ("黎", "黎老師在村裡教書。", "zh-Hant"),
    ),
    (
        ("Bùi", "Ông Bùi đi biển.", "vi"),
        ("Bui", "Old Bui went to sea.", "en"),
        ("裴", "裴先生出海了。", "zh-Hant"),
    ),
    (
        ("Đỗ", "Nhà họ Đỗ.", "vi"),
        ("Do", "A woman named Do Thi Lan.", "en"),
        ("杜", "杜太太的家。", "zh-Hant"),
    ),
    (
        ("Phan", "Thầy Phan.", "vi"),
        ("潘", "潘先生。", "zh-Hant"),
        ("Poon", "Mr. Poon.", "en"),
    ),
    (
        ("劉", "劉伯伯從廣東來。", "zh-Hant"),
        ("Lau", "Uncle Lau from Guangdong.", "en"),
        ("Liu", "Uncle Liu from Guangdong.", "en"),
        ("Lưu", "Bác Lưu từ Quảng Đông.", "vi"),
    ),
    (
        ("周", "周小姐在廈門。", "zh-Hant"),
        ("Chow", "Miss Chow in Xiamen.", "en"),
        ("Zhou", "Miss Zhou in Xiamen.", "en"),
        ("Chu", "Cô Chu ở Hạ Môn.", "vi"),
    ),
    (
        ("許", "許先生賣魚。", "zh-Hant"),
        ("Koh", "Mr. Koh sold fish.", "en"),
        ("Xu", "Mr. Xu sold fish.", "en"),
        ("Hui", "Mr. Hui sold fish.", "en"),
    ),
    (
        ("蔡", "蔡阿姨煮飯。", "zh-Hant"),
        ("Chua", "Auntie Chua cooked.", "en"),
        ("Cai", "Auntie Cai cooked.", "en"),
    ),
    (
        ("謝", "謝先生唱戲。", "zh-Hant"),
        ("Tse", "Mr. Tse sang opera.", "en"),
        ("Xie", "Mr. Xie sang opera.", "en"),
    ),
    (
        ("山本", "山本さんは大工でした。", "ja"),
        ("Yamamoto", "Yamamoto was a carpenter.", "en"),
        ("ヤマモト", "ヤマモトと言います。", "ja"),
    ),
    (
        ("小林", "小林先生に習った。", "ja"),
        ("Kobayashi", "We learned from Kobayashi.", "en"),
    ),
    (
        ("渡辺", "渡辺さんの店。", "ja"),
        ("渡邊", "渡邊さんの店。", "ja"),
        ("Watanabe", "The shop of Watanabe.", "en"),
    ),
    (
        ("伊藤", "伊藤さんが歌った。", "ja"),
        ("Itō", "Then Itō sang.", "en"),
        ("Ito", "Then Ito sang.", "en"),
        ("Itoh", "Then Itoh sang.", "en"),
    ),
    (
        ("加藤", "加藤さんの船。", "ja"),
        ("Kato", "The boat of Kato.", "en"),
        ("カトウ", "カトウ商店。", "ja"),
    ),
    (
        ("大野", "大野さんは元気です。", "ja"),
        ("Ohno", "Mrs. Ohno is well.", "en"),
        ("Ono", "Mrs. Ono is well.", "en"),
    ),
    (
        ("김대중", "김대중 선생을 만났다.", "ko"),
        ("Kim Dae-jung", "I met Kim Dae-jung.", "en"),
    ),
    (
        ("정주영", "정주영이 세운 회사.", "ko"),
        ("Chung Ju-yung", "The firm of Chung Ju-yung.", "en"),
    ),
    (
        ("한명숙", "한명숙 할머니의 노래.", "ko"),
        ("Han Myung-sook", "A song of Han Myung-sook.", "en"),
    ),
    (
        ("박수진", "박수진이 왔다.", "ko"),
        ("Park Soo-jin", "Then Park Soo-jin came.", "en"),
        ("Pak Sujin", "Then Pak Sujin came.", "en"),
    ),
    (
        ("신", "신 선생님.", "ko"),
        ("Shin", "Teacher Shin.", "en"),
    ),
    (
        ("李小明", "我叫李小明。", "zh-Hans"),
        ("Li Xiaoming", "I am Li Xiaoming.", "en"),
    ),
    (
        ("張愛玲", "張愛玲的書。", "zh-Hant"),
        ("Zhang Ailing", "A book of Zhang Ailing.", "en"),
    ),
    (
        ("黃家強", "黃家強喺度唱歌。", "yue"),
        ("Wong Ka-keung", "Then Wong Ka-keung sang.", "en"),
    ),
    (
        ("Петрова", "Её звали Петрова.", "ru"),
        ("Petrova", "Her name was Petrova.", "en"),
    ),
    (
        ("Παπαδόπουλος", "Ο κύριος Παπαδόπουλος.", "el"),
        ("Papadopoulos", "Mr. Papadopoulos.", "en"),
    ),
    (
        ("司徒", "司徒先生移民了。", "zh-Hant"),
        ("Szeto", "Mr. Szeto emigrated.", "en"),
    ),
    (
        ("鄭", "鄭先生的鋪頭。", "yue"),
        ("Cheng", "The shop of Mr. Cheng.", "en"),
        ("Trịnh", "Cửa hàng của ông Trịnh.", "vi"),
    ),
)

# No name of a group stands in these.
DECOYS: tuple[tuple[str, str], ...] = (
    ("从前有一个国王，他住在王国里。", "zh-Hans"),
    ("黄色的花，黄河的水，我很高兴。", "zh-Hans"),
    ("林业和金属工业发展很快，马上就到白天了。", "zh-Hans"),
    ("桌上有李子和葡萄。", "zh-Hans"),
    ("이것은 이야기입니다. 정말 김치가 맛있어요.", "ko"),
    ("최고의 날씨였고 박수를 쳤다.", "ko"),
    ("He said so long ago, and then they had to do it.", "en"),
    ("The parking lot was dark, and the tan horse ran.", "en"),
    ("Do not go. So we sang a song and went on.", "en"),
    ("大学の林の中で、太い木が高く伸びた。", "ja"),
    ("会議の中で、村の話をした。", "ja"),
    ("Con đường dài, trời mưa to.", "vi"),
    ("陳列在架上的舊書。", "zh-Hant"),
    ("門口張貼了一張告示，開張大吉。", "zh-Hant"),
    ("他模範地完成了工作，範圍很大。", "zh-Hant"),
)
