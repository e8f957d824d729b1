"""Letters about one's own work, from the keyboard."""

from contextlib import closing

from aim.model.accounts import new_account
from aim.model.people import Role
from aim.store import open_store


def test_letters_are_printed_before_they_are_sent(aim, loaded):
    account = new_account("warden", "wardens", {Role.OFFICER}, email="w@norbeck.example")
    url = f"sqlite:///{(loaded / 'aim.db').as_posix()}"
    with closing(open_store(url)) as store, store.transaction() as change:
        change.add_account(account)
    assert aim("action", "add", "Mend the lights", "--owner", "warden").code == 0
    said = aim("digest", "send", "--dry-run")
    assert "To: warden" in said.out
    assert "- Mend the lights" in said.out
    assert "w@norbeck.example" not in said.out
    assert "Nothing was sent; 1 letters would be." in said.err
    refused = aim("digest", "send")
    assert refused.code == 1
    assert "AIM_SMTP_HOST" in refused.err
