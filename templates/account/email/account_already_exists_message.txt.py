BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB
BBBBB BBBBBBBBBBBBBBBBB BBB gettext(u'Somebody, perhaps you, wanted to make an account for %(email)s. There is one already: sign in with this address, and we send you a code.') SSSSSSSSS SSSSSSS SSSS SSSSSS SS SSSS SS SSSSSSS SSS SSSSSSSSSS SSSSS SS SSS SSSSSSSS SSSS SS SSSS SSSS SSSSSSSS SSS SS SSSS SSS S SSSSS

 gettext(u'It was not you? Then there is nothing to do.') BBBBBBBBBBBBBBBBBBBBB BBBBBBB