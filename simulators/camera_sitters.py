"""Who can sit before a simulated camera: 200 made-up people, drawn by chance from the seed; none of them exists.

Whoever has a card in the stack of `simulators.people` sits here under the card's name, of the sex and the age that the
card says; the others are `visitor-001` and on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from simulators.card import Card
from simulators.people import stack

SITTERS = 200
TODAY_YEAR = 2026
OLDEST, YOUNGEST = 95, 4
MALE, FEMALE = "1", "2"
Colour = tuple[int, int, int]

_SKINS: tuple[Colour, ...] = (
    (246, 214, 186),
    (240, 204, 172),
    (234, 194, 160),
    (226, 184, 148),
    (216, 172, 136),
    (202, 156, 120),
    (184, 138, 104),
    (150, 108, 82),
)
_SKIN_WEIGHTS = (3, 6, 7, 6, 4, 3, 2, 1)
_DARK_HAIRS: tuple[Colour, ...] = ((24, 21, 22), (34, 27, 25), (46, 34, 29), (62, 43, 32), (20, 20, 28))
_DYED_HAIRS: tuple[Colour, ...] = ((104, 66, 38), (128, 84, 48), (88, 40, 34))
_GREY_HAIRS: tuple[Colour, ...] = ((96, 94, 94), (132, 131, 132), (176, 175, 176), (206, 205, 206))
_CLOTHS: tuple[Colour, ...] = (
    (38, 52, 84),
    (58, 62, 70),
    (92, 38, 46),
    (40, 82, 70),
    (110, 88, 62),
    (76, 98, 140),
    (124, 70, 92),
    (30, 32, 36),
    (148, 118, 60),
    (84, 74, 116),
    (66, 110, 124),
    (160, 84, 62),
)
_MEN_HAIR = ("crew", "short", "side", "fringe", "receding", "curly")
_WOMEN_HAIR = ("bob", "bob", "long", "long", "tied", "tied", "bun", "fringe", "curly", "side")
_CLOTHES = ("collar", "round", "jacket", "pullover")
_FRAMES = ("none", "none", "none", "round", "square", "half")
_BEARDS = ("none", "none", "none", "none", "stubble", "moustache", "full")


@dataclass(frozen=True, slots=True)
class Sitter:
    """One made-up person, as the camera sees them.

    Attributes:
        id: the name for the control port.
        name: the name for people.
        sex: `1` or `2`, as on a card.
        age: in years, as it looks.
        hair: how it is worn.
        frames: glasses, or `none`.
        clothes: what is worn; never white, never a uniform.
        length: how long the face is for its width; about 1.
        jaw: how wide the jaw is; about 1.
        eyes, nose, mouth: how large they are; about 1.
        slant: how much higher the outer corner of an eye stands.
        parting: on which side the hair is parted, -1 or 1.
    """

    id: str
    name: str
    sex: str
    age: int
    skin: Colour
    hair: str
    hair_colour: Colour
    frames: str
    beard: str
    clothes: str
    cloth: Colour
    length: float
    jaw: float
    eyes: float
    nose: float
    mouth: float
    slant: float
    parting: int

    @property
    def is_child(self) -> bool:
        """Whether the face has a child's proportions."""
        return self.age < 13


def sitters(seed: int) -> dict[str, Sitter]:
    """All of them by name: those who have a card first."""
    people = [_of_card(card, seed) for card in list(stack(seed).values())[:SITTERS]]
    for number in range(1, SITTERS - len(people) + 1):
        rng = _chance(f"visitor-{number:03d}", seed)
        people.append(
            _drawn(rng, f"visitor-{number:03d}", f"测试访客{number:03d}", rng.choice((MALE, FEMALE)), _any_age(rng))
        )
    return {person.id: person for person in people}


def _of_card(card: Card, seed: int) -> Sitter:
    rng = _chance(card.id, seed)
    sex = getattr(card.holder, "sex", "")
    born = str(getattr(card.holder, "birth_date", ""))[:4]
    age = TODAY_YEAR - int(born) if born.isascii() and born.isdecimal() else _any_age(rng)
    age = age if 0 <= age <= 110 else _any_age(rng)
    chosen = sex if sex in {MALE, FEMALE} else rng.choice((MALE, FEMALE))
    return _drawn(rng, card.id, card.shown_name or card.id, chosen, max(YOUNGEST, min(OLDEST, age)))


def _drawn(rng: Random, sitter_id: str, name: str, sex: str, age: int) -> Sitter:
    is_man = sex == MALE
    person = Sitter(
        sitter_id,
        name,
        sex,
        age,
        skin=_jittered(rng, rng.choices(_SKINS, _SKIN_WEIGHTS)[0], 5),
        hair=rng.choice(_MEN_HAIR if is_man else _WOMEN_HAIR),
        hair_colour=_hair_colour(rng, age),
        frames=rng.choice(_FRAMES),
        beard=rng.choice(_BEARDS) if is_man and age > 22 else "none",
        clothes=rng.choice(_CLOTHES),
        cloth=_jittered(rng, rng.choice(_CLOTHS), 8),
        length=rng.uniform(0.94, 1.07),
        jaw=rng.uniform(0.97, 1.12) if is_man else rng.uniform(0.88, 1.03),
        eyes=rng.uniform(0.9, 1.12),
        nose=rng.uniform(0.86, 1.16),
        mouth=rng.uniform(0.86, 1.14),
        slant=rng.uniform(-0.01, 0.03),
        parting=rng.choice((-1, 1)),
    )
    if age < 13:
        person = replace(person, hair=rng.choice(("fringe", "short") if is_man else ("fringe", "tied", "bob")))
        person = replace(person, clothes=rng.choice(("round", "pullover")), eyes=person.eyes * 1.12)
    if age < 35 and person.hair == "receding":
        person = replace(person, hair="short")
    return person


def _hair_colour(rng: Random, age: int) -> Colour:
    if age > rng.randint(48, 74):
        return _jittered(rng, rng.choice(_GREY_HAIRS), 6)
    if 16 < age < 60 and rng.random() < 0.12:
        return _jittered(rng, rng.choice(_DYED_HAIRS), 6)
    return _jittered(rng, rng.choice(_DARK_HAIRS), 4)


def _any_age(rng: Random) -> int:
    return rng.randint(17, 78)


def _jittered(rng: Random, colour: Colour, most: int) -> Colour:
    red, green, blue = (max(0, min(255, level + rng.randint(-most, most))) for level in colour)
    return red, green, blue


def _chance(name: str, seed: int) -> Random:
    return Random(f"{name}/{seed}")  # noqa: S311 (a drawing, not a secret)
