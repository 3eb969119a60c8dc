BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB
BBBBB BBBBBBBBBBBBBBBBB BBBBB BBBB gettext(u'Your code to confirm this address:') 

    

 gettext(u'Type it on the page you have open. It is good for 15 minutes and works once.') BBBB gettext(u'Confirm this address by opening:') 

BBBBB

 gettext(u'You did not ask for it? Then there is nothing to do.') BBBBBBBBBBBBBBBBBBBBB BBBBBBB