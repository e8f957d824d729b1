from aim.service.answers import AnswerCache, make_answer


def answer(text):
    return make_answer(text.encode(), "text/plain")


def test_equal_bytes_have_equal_tags():
    assert answer("a").etag == answer("a").etag
    assert answer("a").etag != answer("b").etag


def test_a_kept_answer_is_not_made_again():
    cache = AnswerCache()
    made = [cache.get_or_make("q", lambda text=text: answer(text)).content for text in "ab"]
    assert made == [b"a", b"a"]


def test_the_answer_asked_for_longest_ago_goes_first():
    cache = AnswerCache(entries=2)
    for key in ("a", "b", "a", "c"):
        cache.get_or_make(key, lambda key=key: answer(key))
    assert cache.get_or_make("a", lambda: answer("new")).content == b"a"
    assert cache.get_or_make("b", lambda: answer("new")).content == b"new"


def test_a_very_large_answer_is_not_kept():
    cache = AnswerCache(entry_bytes=3)
    cache.get_or_make("q", lambda: answer("long"))
    assert cache.get_or_make("q", lambda: answer("new")).content == b"new"
    assert cache.get_or_make("q", lambda: answer("other")).content == b"new"
