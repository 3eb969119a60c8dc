BBBBBBB BBBBBBBBBBBBBBB BBBB BBBBBBBB
BBBBB BBBBB gettext(u'Reset the address') BBBBBBBB
BBBBB BBBBBBBBBB XXXXXXBBBBBBBB
BBBBB BBBBBBB
XXXX gettext(u'Reset the address of your calendar?') XXXXX
XXX gettext(u'You get a new secret address. The old one stops working at once, for you too: add the new one in every program in which you follow your calendar.') XXXX
XXX gettext(u'What programs have fetched already stays in them until it is removed there.') XXXX
XXXXX XXXXXXXXXXXXX XXXXXXXXXXXXBBBBBBBBBBXXXXXXX XXXXXXXXXXXXX XXXXXXXX gettext(u'Reset the address') XXXXXXXXX XX XXXXXXXXXXXXXX XXXXXXBBB BBBBXX gettext(u'Keep it') XXXXXXXXXXX
BBBBBBBB
