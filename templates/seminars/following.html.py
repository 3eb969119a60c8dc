BBBB BBBB BBBBBBBB
XXXX XXXXXXXXXXXXXX
BB BBBBBXX XXXXXXXXXXXXX XXXXXXXXX gettext(u'This Meridian runs at %(address)s, which only this computer can reach. Programs on this computer can follow the calendar. Google, Outlook on the web, and telephones cannot: for them take the file, or give this site a public address (MERIDIAN_URL).') SSSS SSSSSSSS SSSS SS SSSSSSSSSSSS SSSSS SSSS SSSS SSSSSSSS SSS SSSSSS SSSSSSSS SS SSSS SSSSSSSS SSS SSSSSS SSS SSSSSSSSS SSSSSSS SSSSSSS SS SSS SSSS SSS SSSSSSSSSS SSSSSSS SSS SSSS SSSS SSS SSSSS SS SSSS SSSS SSSS S SSSSSS SSSSSSS SSSSSSSSSSSSSSSXXXXBBBBB
XXXX XXXXXXXXXXXXX
XXXX XXXXXXXXXXXXXXXXXXXXXXXXXXX
XXXXX XXXXXXXXXXXXX XXXXXXXX XXXXXXXXBBBB BBBBBBBBBB gettext(u'Open in Calendar') XXXXXXXX
XX XXXXXXXXXXXX XXXXXXX gettext(u'Mac, iPhone, iPad, and Thunderbird. It refreshes as often as you tell it to: every 5 minutes to once a week.') XXXXXXXXXX
XXXX XXXXXXXXXXXXXXXXXXXXXXXXXXXX
BB BBBBBXX XXXXXXXXXXXXXX gettext(u"Cannot work here: Google's computers cannot reach this address.") XXXX
BBBBXXXXXXXX gettext(u'Copy the address below.') XXXXXXXXXXX XXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXX gettext(u'Open “From URL” in Google Calendar') XXXXXXXXXXXXX gettext(u'Paste it and choose “Add calendar”. On the telephone it is there afterwards.') XXXXXXXXXXBBBBB
XX XXXXXXXXXXXX XXXXXXX gettext(u'Google looks for news every 8 to 24 hours; nobody can make it look sooner.') XXXXXXXXXX
XXXX XXXXXXXXXXXXXXXXXXXXXXXXXXXXX
BB BBBBBXX XXXXXXXXXXXXXX gettext(u"Outlook on the web cannot work here: Microsoft's computers cannot reach this address.") XXXX
BBBBXX XXXXXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXX gettext(u'Add to Outlook.com') XXXX XX XXXXXXXXXXXXXX XXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXX gettext(u'Add at work or school') XXXXXXXXBBBBB
XX XXXXXXXXXXXX XXXXXXX gettext(u'Outlook on the web looks for news every 3 to 24 hours; Outlook on the desktop at each Send/Receive.') XXXXXXXXXX
XXXXXX
XXXX XXXXXXXXXXXXXXXXXXXX XXXXXXXXXXXXXXX gettext(u'Address for any other program') XXXXXXXX
XXXX XXXXXXXXXXXXXXXXXX XXXXXXXXXXXXX XXXXXXXXXX XXXXXXXX XXXXXXXX XXXXXXXXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXXXXXXXX XXXXXXXXXXXXXXXXXXXXXXXXX XXXXXXXXXXX gettext(u'Copied') X XXXXXXXBBBB BBBBBBXXXXXX gettext(u'Copy') XXXXXXXXXXXXXXXXXXXXXX
BB BBBBBBBBBBBBBXX XXXXXXXXXXXXXBBBB BBBBBB  gettext(u'Secret: who has this address sees your calendar. If it got about, reset it on your page.') XXXXBBBBBXXXXXX
XXXXXXXXXXXXXXXXXX gettext(u'QR code for an iPhone or iPad') XXXXXXXXXX
BB BBBBBXX XXXXXXXXXXXXXX gettext(u'It cannot work here: a telephone cannot reach this address.') XXXXBBBBB
XX XXXXXXXXXX XXXXXXXXXXXX gettext(u'QR code of the calendar %(name)s') SS SSSS SS SSS SSSSSSSS SSSSSSSSXXXXXX
XX XXXXXXXXXXXX XXXXXXX gettext(u'Android telephones follow calendars through Google: add it there once, on a computer.') XXXXXXXXXXXXXX
XX XXXXXXXXXXXXXX XXXXXXXXXXXXXX XXXXXXX XXXXXXXXXBBBB BBBBBBBBBB gettext(u'Download the file') XXXX XXXXX XXXXXXXXXXXX XXXXXXX gettext(u'A copy of today: later changes do not reach it.') XXXXXXXXXXX
XXXXXX
