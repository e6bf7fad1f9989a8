# The module behind HTTP/2, as a client sees it.

use strict;
use warnings;

use lib 't/lib', 't/15-clients';

use Clients;

clients('2');
