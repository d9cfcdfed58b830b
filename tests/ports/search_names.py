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
