BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB
BBBBB BBBBBBBBBBBBBBBBB BBB gettext(u'Somebody, perhaps you, wanted to sign in with %(email)s. There is no account for this address yet.') SSSSSSSSS SSSSSSS SSSS SSSSSS SS SSSS SS SSSS SSSSSSSSSS SSSSS SS SS SSSSSSS SSS SSSS SSSSSSS SSSS

 gettext(u'Make one here, an address is enough:') 


 gettext(u'It was not you? Then there is nothing to do.') BBBBBBBBBBBBBBBBBBBBB BBBBBBB