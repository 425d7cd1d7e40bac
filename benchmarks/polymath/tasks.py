"""The text polymath is trained on: five small tasks, told apart by their prompt.

    add        add 27+58=                              85
    reverse    reverse kdqwe=                          ewqdk
    sort       sort kdqwe=                             dekqw
    capital    the capital of france is                paris
    sentiment  review: the film was not dull. liked?   yes

They were picked to load a network differently: addition computes, reverse and sort move
characters about, capitals are facts that only weights can hold, and sentiment recognises
words and turns their meaning round. Everything is generated; there are no input files.

Each task fixes its held-out rows first, and its training sampler then never draws them.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

TEST_ROWS = 250
WORDS_WEIGHT = 0.1  # prompt_weight of a prompt made of words
STOP = "\n"  # ends every answer, so a generator knows when to stop
ALPHABET = "\n +.:=?0123456789abcdefghijklmnopqrstuvwxyz"  # all that the tasks write

LETTERS = "abcdefghijklmnopqrstuvwxyz"
STRING_LENGTHS = range(4, 7)

# Each country has one undisputed capital, whose name is not just the country's own.
CAPITALS = {
    "afghanistan": "kabul", "albania": "tirana", "angola": "luanda",
    "argentina": "buenos aires", "armenia": "yerevan", "australia": "canberra",
    "austria": "vienna", "azerbaijan": "baku", "bahrain": "manama",
    "bangladesh": "dhaka", "barbados": "bridgetown", "belarus": "minsk",
    "belgium": "brussels", "bulgaria": "sofia", "cambodia": "phnom penh",
    "cameroon": "yaounde", "canada": "ottawa", "chile": "santiago", "china": "beijing",
    "colombia": "bogota", "costa rica": "san jose", "croatia": "zagreb",
    "cuba": "havana", "cyprus": "nicosia", "denmark": "copenhagen", "ecuador": "quito",
    "egypt": "cairo", "estonia": "tallinn", "ethiopia": "addis ababa",
    "finland": "helsinki", "france": "paris", "georgia": "tbilisi", "germany": "berlin",
    "ghana": "accra", "greece": "athens", "hungary": "budapest", "iceland": "reykjavik",
    "india": "new delhi", "iran": "tehran", "iraq": "baghdad", "ireland": "dublin",
    "italy": "rome", "jamaica": "kingston", "japan": "tokyo", "jordan": "amman",
    "kazakhstan": "astana", "kenya": "nairobi", "laos": "vientiane", "latvia": "riga",
    "lebanon": "beirut", "libya": "tripoli", "lithuania": "vilnius",
    "madagascar": "antananarivo", "malaysia": "kuala lumpur", "mali": "bamako",
    "malta": "valletta", "mauritius": "port louis", "mongolia": "ulaanbaatar",
    "morocco": "rabat", "mozambique": "maputo", "myanmar": "naypyidaw",
    "nepal": "kathmandu", "new zealand": "wellington", "nicaragua": "managua",
    "nigeria": "abuja", "north korea": "pyongyang", "north macedonia": "skopje",
    "norway": "oslo", "oman": "muscat", "pakistan": "islamabad", "paraguay": "asuncion",
    "peru": "lima", "poland": "warsaw", "portugal": "lisbon", "qatar": "doha",
    "romania": "bucharest", "russia": "moscow", "rwanda": "kigali",
    "saudi arabia": "riyadh", "senegal": "dakar", "serbia": "belgrade",
    "slovakia": "bratislava", "slovenia": "ljubljana", "somalia": "mogadishu",
    "south korea": "seoul", "spain": "madrid", "sudan": "khartoum",
    "sweden": "stockholm", "syria": "damascus", "tanzania": "dodoma",
    "thailand": "bangkok", "the bahamas": "nassau", "the netherlands": "amsterdam",
    "the philippines": "manila", "the united kingdom": "london", "turkey": "ankara",
    "uganda": "kampala", "ukraine": "kyiv", "uruguay": "montevideo",
    "uzbekistan": "tashkent", "venezuela": "caracas", "vietnam": "hanoi",
    "zambia": "lusaka", "zimbabwe": "harare",
}
OPENINGS = ("", "so ", "quiz: ", "hello. ")
CAPITAL_PHRASINGS = tuple(opening + core for opening in OPENINGS for core in (
    "the capital of {} is ",
    "what is the capital of {}? ",
    "name the capital of {}: ",
    "capital of {}: ",
    "in {} the capital is ",
    "{} is governed from ",
))
HELD_OUT_PHRASINGS = 4  # of each country's 24

POSITIVE = ("good", "great", "nice", "superb", "lovely", "funny",
            "clever", "fine", "sweet", "warm", "bright", "fresh")
NEGATIVE = ("bad", "poor", "dull", "awful", "boring", "weak",
            "silly", "lame", "nasty", "cold", "bland", "ugly")
NOUNS = ("film", "book", "meal", "hotel", "song", "show", "game", "plot",
         "phone", "cast", "menu", "room", "view", "story", "tune", "drink")
# Fewer negations than plain adverbs: were they even, an adjective alone would say nothing
# about the answer, and training would find no slope to start on.
PLAIN_ADVERBS = ("", "very ", "truly ", "so ", "rather ")
NEGATIONS = ("not ", "hardly ")
FRAMES = ("the {noun} was {opinion}", "{opinion} {noun}", "that {noun} is {opinion}")


@dataclass(frozen=True)
class Row:
    """One example: the model reads the prompt and is scored on the answer.

    Training counts each answer character once and each prompt character `prompt_weight`
    times. A prompt of random letters or digits cannot be predicted, so it counts nothing.
    A prompt of words counts a little: learning to finish its words is how the model comes
    to tell them apart. Without that, sentiment was still a guess after 900 steps.
    """

    prompt: str
    answer: str
    prompt_weight: float = 0.0

    @property
    def text(self) -> str:
        return self.prompt + self.answer


@dataclass(frozen=True)
class Task:
    """A task's held-out rows, and a sampler of training rows that avoids them."""

    name: str
    test: list[Row]
    draw: Callable[[random.Random], Row]


def add_task(rng: random.Random) -> Task:
    """Sums of two-digit numbers; a held-out pair is held out in both orders."""
    pairs = [(a, b) for a in range(10, 100) for b in range(a, 100)]
    rng.shuffle(pairs)
    held_out, trained = pairs[:TEST_ROWS], pairs[TEST_ROWS:]

    def row(pair: tuple[int, int], rng: random.Random) -> Row:
        a, b = rng.sample(pair, 2)
        return Row(f"add {a}+{b}=", f"{a + b}{STOP}")

    return Task("add", [row(pair, rng) for pair in held_out],
                lambda rng: row(rng.choice(trained), rng))


def letters_task(name: str, transform: Callable[[str], str], rng: random.Random) -> Task:
    """Strings of different random letters to transform.

    Anagrams of held-out strings are held out too: they share a sorted answer.
    """
    def draw_string(rng: random.Random) -> str:
        return "".join(rng.sample(LETTERS, rng.choice(STRING_LENGTHS)))

    def row(string: str) -> Row:
        return Row(f"{name} {string}=", transform(string) + STOP)

    held_out: dict[str, str] = {}
    while len(held_out) < TEST_ROWS:
        string = draw_string(rng)
        held_out.setdefault("".join(sorted(string)), string)

    def draw(rng: random.Random) -> Row:
        while "".join(sorted(string := draw_string(rng))) in held_out:
            pass
        return row(string)

    return Task(name, [row(string) for string in held_out.values()], draw)


def reverse_task(rng: random.Random) -> Task:
    """Write the letters backwards."""
    return letters_task("reverse", lambda string: string[::-1], rng)


def sort_task(rng: random.Random) -> Task:
    """Write the letters in alphabetical order."""
    return letters_task("sort", lambda string: "".join(sorted(string)), rng)


def capital_task(rng: random.Random) -> Task:
    """Capitals of countries; every country is trained, but not in its held-out phrasings.

    So a right held-out answer takes a fact learnt under other wordings, not a string
    remembered whole.
    """
    held_out, trained = [], []
    for country, capital in CAPITALS.items():
        phrasings = rng.sample(CAPITAL_PHRASINGS, len(CAPITAL_PHRASINGS))
        rows = [Row(phrasing.format(country), capital + STOP, WORDS_WEIGHT)
                for phrasing in phrasings]
        held_out += rows[:HELD_OUT_PHRASINGS]
        trained += rows[HELD_OUT_PHRASINGS:]
    return Task("capital", rng.sample(held_out, TEST_ROWS), lambda rng: rng.choice(trained))


def sentiment_task(rng: random.Random) -> Task:
    """Did the reviewer like it? A negation turns the adjective round.

    Held out are whole combinations of adverb, adjective and noun, in every frame.
    """
    combinations = [(adverb, adjective, noun) for adverb in PLAIN_ADVERBS + NEGATIONS
                    for adjective in POSITIVE + NEGATIVE for noun in NOUNS]
    rng.shuffle(combinations)
    held_out, trained = combinations[:TEST_ROWS], combinations[TEST_ROWS:]

    def row(combination: tuple[str, str, str], rng: random.Random) -> Row:
        adverb, adjective, noun = combination
        review = rng.choice(FRAMES).format(noun=noun, opinion=adverb + adjective)
        liked = (adjective in POSITIVE) != (adverb in NEGATIONS)
        return Row(f"review: {review}. liked? ", ("yes" if liked else "no") + STOP,
                   WORDS_WEIGHT)

    return Task("sentiment", [row(combination, rng) for combination in held_out],
                lambda rng: row(rng.choice(trained), rng))


def all_tasks() -> list[Task]:
    """The five tasks, the same on every call: each has its own fixed seed."""
    builders = {"add": add_task, "reverse": reverse_task, "sort": sort_task,
                "capital": capital_task, "sentiment": sentiment_task}
    return [build(random.Random(f"polymath {name}")) for name, build in builders.items()]
