BBBBBBB BBBBBBBBBBBBBBB BBBB
BBBBB BBBBB gettext(u'Set up') BBBBBBBB
BBBBB BBBBBBBBBB XXXXXXBBBBBBBB
BBBBB BBBBBBB
BB BBBB
XXXX gettext(u'This link has been used') XXXXX
XXX gettext(u'The first administrator exists. If that is you, sign in with your e-mail address.') XXXX
XXXXX XXXXXXXXXXXXX XXXXXXXX XXXXXXBBB BBBBBBBBBBBBBBBXX gettext(u'Sign in') XXXXXXXX
BBBB
XXXX gettext(u'This link does not work') XXXXX
XXX gettext(u'Each start prints a new setup link, and the earlier ones end. Use the last one that was printed where Meridian was started.') XXXX
BBBBB
BBBBBBBB
