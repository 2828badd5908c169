"""The door's own negative control: a view that nobody has put into the table of rights stays shut."""

from __future__ import annotations


def test_a_view_that_the_table_does_not_know_is_refused(house):
    house.app.view_functions["unguarded"] = lambda: "open"
    house.app.url_map.add(house.app.url_rule_class("/unguarded", endpoint="unguarded", methods={"GET"}))
    assert house.visitor().get("/unguarded").status_code == 403
    assert house.signed_in("clerk").get("/unguarded").status_code == 403
