BBBBBBB BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB BBBB
BBBBB BBBBBBBBBBBBBBBBB BBB gettext(u'Your code to sign in:') 

    

 gettext(u'Type it on the page you have open. It is good for 15 minutes and works once.') 

 gettext(u'You did not ask for it? Then there is nothing to do: nobody can sign in without this code.') BBBBBBBBBBBBBBBBBBBBB BBBBBBB