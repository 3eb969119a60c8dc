BBBBBBB BBBBBBBBBBBBBBB BBBB BBBBBBBB
BBBBB BBBBB gettext(u'This link has ended') BBBBBBBB
BBBBB BBBBBBBBBB XXXXXXBBBBBBBB
BBBBB BBBBBBB
XXXX gettext(u'This link has ended') XXXXX
XXXXXXX
XXX gettext(u'What you gave before is kept.')  BB BBBBBBBBBBBBB gettext(u'For a new link, write to the organisers:')  XX XXXXXXXXXXXXXXXBBBB BBBBBBXXXXBBBB gettext(u'Ask whoever sent it for a new one.') BBBBBXXXX
BBBBBBBB
