BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB BBBBBBBB
BBBBB BBBBB gettext(u'Plan it once more') BBBBBBBB
BBBBB BBBBBBB
 gettext(u'Next year') BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB BBBBBBBBBBBB
XXXX XXXXXXXXXXXXXX
XXXX gettext(u'Plan it once more, for next year') XXXXX
XX XXXXXXXXXXXXX gettext(u'A draft with the same words, rhythm, hour, place, links and follow-ups, a year later. Only you see it until you publish it.') XXXX
XXX gettext(u"Dates that were left out come back, since holidays move. Sessions' own titles and speakers stay with the old year.") XXXX
XXXXX XXXXXXXXXXXXX XXXXXXXXXXXXBBBBBBBBBBXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXXXXX XXXXXXXXX
XXXXXXX XXXXXXXXXXXXX XXXXXXXXX gettext(u'Make the draft') XXXXXXXXX
XX XXXXXXXXXXXXXX XXXXXXBBB BBBBBBBBBBBBBBBBB BBBBBBBBBBBXX gettext(u'Leave it as it is') XXXXXXXXXXX
XXXXXX
BBBBBBBB
