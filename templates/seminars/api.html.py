BBBBBBB BBBBBBBBBBBBBBB BBBB
BBBBB BBBBB gettext(u'Data for programs') BBBBBBBB
BBBBB BBBBBBB
XXXX gettext(u'Data for programs') XXXXX
XX XXXXXXXXXXXXX gettext(u'Programs can read communities, series, sessions and the archive as JSON. Nothing can be changed here.') XXXX
XXXX XXXXXXXXXXXXXXXXXXXXX XXXXXXXXXXXXXX
XXXXXXXXXXXXXX XXXXXXXXXXXX gettext(u'Address') XXXXXXXX XXXXXXXXXXXX gettext(u'What is there') XXXXXXXXXXXXXXXXXX
XXXXXXX
BBB BBBBB BBBBB BB BBBBXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX
BBBBBBXXXXXXXXXXXXXXXXXXXXXX
XXXX gettext(u'How to ask') XXXXX
XXXX
XXXX gettext(u"Put the short name from a page's address in the place of <code>{slug}</code>.") SSS SSS SSSSS SSSS SSSS S SSSSSS SSSSSSS SS SSS SSSSS SS SSSSSSSSSSSSSSSSSSSSXXXXX
XXXX gettext(u'Sessions: <code>after</code> and <code>before</code> take a moment such as <code>2026-11-16T12:00:00Z</code> or a day; <code>community</code> and <code>series</code> take a short name. <code>limit</code> is at most 100; <code>next</code> in the answer leads on.') SSSSSSSSS SSSSSSSSSSSSSSSSSS SSS SSSSSSSSSSSSSSSSSSS SSSS S SSSSSS SSSS SS SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS SS S SSSS SSSSSSSSSSSSSSSSSSSSSS SSS SSSSSSSSSSSSSSSSSSS SSSS S SSSSS SSSSS SSSSSSSSSSSSSSSSSS SS SS SSSS SSSS SSSSSSSSSSSSSSSSS SS SSS SSSSSS SSSSS SSSXXXXX
XXXX gettext(u'Archive: <code>q</code> takes words to look for, <code>page</code> a number. What was found says at which second it is said.') SSSSSSSS SSSSSSSSSSSSSS SSSSS SSSSS SS SSSS SSSS SSSSSSSSSSSSSSSSS S SSSSSSS SSSS SSS SSSSS SSSS SS SSSSS SSSSSS SS SS SSSSSXXXXX
XXXX gettext(u'Titles and other words stand by language. Starts and ends are in UTC; the local time and its zone stand beside them.') XXXXX
XXXX gettext(u'Signed in, you read what you see on the pages; without, what is public. What is hidden answers like what is not there.') XXXXX
XXXX gettext(u'Every answer has an ETag: send it back as If-None-Match and an unchanged answer is not sent again. What is public may be kept for a minute.') XXXXX
XXXX gettext(u'When something is wrong, the answer is a problem document (RFC 9457) that says what to do.') XXXXX
XXXXX
XXXXX XXXXXXXXXXXXXX XXXXXXBBB BBBBBBBBBBBBBBXX gettext(u'Open the OpenAPI document') XXXXXXXX
BBBBBBBB
