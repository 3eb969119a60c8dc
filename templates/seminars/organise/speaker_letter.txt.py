BBBB BBBB BBBBBBBBBBBBBBBBBB BBBBBBBBBBBBBBBBBBBBBB BBBBBBB BB BBBBB gettext(u'Your session: %(title)s') SSSS SSSSSSSS SSSSSSSSS
 gettext(u'Dear %(name)s,') SSSS SSSSSSSSS

 gettext(u'Thank you for appearing at a session of %(community)s:') SSSSS SSS SSS SSSSSSSSS SS S SSSSSSS SS SSSSSSSSSSSSSS


BB BBBBBBBBBB XXBBBBBBB BBBBBBBBBBB
FFFFFF F FBBBBB

 gettext(u'Your own page says all you need to know, in your own time. There you say whether you come, give title and abstract, say whether we may record, and upload your slides. You need no account:') 



 gettext(u'The address is for you alone: please do not pass it on.') BB BBBBBBBBBBBBBBBBB
 gettext(u'Questions: %(contact)s') SSSSSSSSSS SSSSSSSSSSSBBBBB
BBBBBBBBBBBBB
