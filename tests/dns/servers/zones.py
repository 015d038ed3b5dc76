"""Names, keys and contents that the servers of these tests have in common."""

from __future__ import annotations

import base64

ZONE = "example.org"
OTHER_ZONE = "example.net"

FULL_KEY, NARROW_KEY, STRANGER_KEY = "full", "narrow", "stranger"
SECRET = base64.b64encode(b"a secret of thirty-two bytes ...").decode()
WRONG_SECRET = base64.b64encode(b"another one of thirty-two bytes.").decode()
API_KEY = "a key for the interface of PowerDNS"
"""Secrets for these tests only."""

CONTENT = """\
$TTL 3600
@            IN SOA ns.{zone}. hostmaster.{zone}. 1 7200 3600 1209600 300
@            IN NS  ns.{zone}.
ns           IN A   127.0.0.1
hand         IN A   192.0.2.10
mail         IN MX  10 mx.example.com.
alias        IN CNAME elsewhere.example.com.
taken        IN A   192.0.2.20
_owner.a.taken IN TXT "heritage=dokku-ansible-deploy,host=this,app=blog"
foreign      IN A   192.0.2.30
_owner.a.foreign IN TXT "heritage=dokku-ansible-deploy,host=that,app=shop"
*.wild       IN A   192.0.2.40
*.wildtext   IN TXT "made up"
*.wildalias  IN CNAME elsewhere.example.com.
sub          IN NS  ns.elsewhere.example.com.
old          IN DNAME new.example.com.
"""


def content(zone: str = ZONE) -> str:
    """Returns a zone file with what others have put there."""
    return CONTENT.format(zone=zone)
