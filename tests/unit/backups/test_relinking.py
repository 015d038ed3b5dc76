"""Links are changed in an order in which Dokku lets them be, and what is in the way is told."""

from __future__ import annotations

import pytest

from ansible_deploy.backups.links import Links, OwnLink, Wish, naming
from ansible_deploy.backups.relinking import obstacles, plan_steps

OLD, NEW = OwnLink("postgres", "shop-db", "DATABASE"), OwnLink("postgres", "shop-db-2", "DATABASE")
OTHER = OwnLink("postgres", "shop-facts", "FACTS_DATABASE")
WISH = Wish((NEW,), (OLD,), (OTHER,))


def address(link: OwnLink) -> str:
    return f"postgres://postgres:secret@dokku-postgres-{link.name}:5432/db"


def there(*links: OwnLink, **more: str) -> Links:
    """An app with these links, and with other variables."""
    variables = {each.variable: address(each) for each in links} | more
    known = {each.word: address(each) for each in (OLD, NEW, OTHER)}
    return Links(variables, frozenset(each.word for each in links), known)


def said(links: Links, wish: Wish = WISH) -> list[str]:
    return [str(problem) for problem in obstacles("shop", links, plan_steps(links, wish))]


def test_what_is_in_the_way_goes_first_and_comes_last() -> None:
    steps = plan_steps(there(OLD, OTHER), WISH)
    assert (steps.gone, steps.made) == ((OTHER, OLD), (NEW, OTHER))
    assert said(there(OLD, OTHER)) == []


def test_what_is_in_place_stays() -> None:
    steps = plan_steps(there(NEW, OTHER), WISH)
    assert (steps.gone, steps.made) == ((), ())


def test_another_one_that_is_not_linked_is_not_made() -> None:
    assert plan_steps(there(OLD), WISH).made == (NEW,)


def test_one_that_an_interrupted_turn_took_away_is_made() -> None:
    steps = plan_steps(there(NEW), Wish((NEW, OTHER), (OLD,)))
    assert (steps.gone, steps.made) == ((), (OTHER,))


def test_half_a_link_goes_before_it_is_made() -> None:
    """A killed `unlink` leaves the variable alone, a killed `link` the entry in the list alone."""
    left = there(**{OLD.variable: address(OLD)})
    assert plan_steps(left, WISH).gone == (OLD,)
    half = Links({}, frozenset({NEW.word}), there().addresses)
    steps = plan_steps(half, WISH)
    assert (steps.gone, steps.made) == ((NEW,), (NEW,))


def test_copies_of_an_address_are_remembered_by_name() -> None:
    links = there(OLD, OTHER, DB_URL=address(OLD), FACTS=address(OTHER), TOKEN="x")
    steps = plan_steps(links, WISH)
    assert steps.copies == {"DB_URL": "DATABASE_URL", "FACTS": "FACTS_DATABASE_URL"}
    assert said(links) == []
    assert plan_steps(there(NEW, OTHER, DB_URL=address(NEW)), WISH).copies == {}


def test_a_copy_with_more_is_told_and_its_value_is_not() -> None:
    [problem] = said(there(OLD, DB_URL=f"{address(OLD)}?pool=5"))
    assert "shop has a variable DB_URL, the address of DATABASE_URL and more" in problem
    assert "run: dokku config:unset --no-restart shop DB_URL" in problem
    assert "secret" not in problem


def test_an_own_variable_with_more_is_told_afterwards() -> None:
    links = there(OLD, DATABASE_URL=f"{address(OLD)}?pool=5")
    assert (plan_steps(links, WISH).shortened, said(links)) == (("DATABASE_URL",), [])


@pytest.mark.parametrize(
    "more", [{"READ_DATABASE_URL": "x"}, {"HINT": "see DATABASE_URL"}, {"DATABASE_URL": "mine"}]
)
def test_a_variable_in_which_the_name_stands_is_told(more: dict[str, str]) -> None:
    name = next(iter(more))
    [problem] = said(there(OLD, **more) if name != OLD.variable else there(**more))
    assert f"shop has a variable {name}, in which DATABASE_URL stands" in problem


def test_the_host_of_a_service_is_found_in_any_form() -> None:
    variables = {"HOST": "dokku-postgres-shop-db", "B": "x@dokku-postgres-shop-db-2:5432", "C": ""}
    assert naming(variables, [OLD]) == ["HOST"]
    assert naming(variables, [OwnLink("postgres", "shop_db", "A")]) == ["HOST"]
    assert naming(variables, []) == []
