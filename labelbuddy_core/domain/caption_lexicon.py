"""Words by which captions of sound contradict each other: instruments, tempo, mood, key, and sounds that are mistaken.

An entry says that some words mean a value of a facet. Values of an *exclusive* facet rule each other out (slow, fast);
those of the others only name things (a guitar beside a piano is no contradiction).

Sources: instruments and everyday sounds are named as in the AudioSet ontology (J. F. Gemmeke et al., "Audio Set",
ICASSP 2017); moods lie on opposite sides of valence and arousal (J. A. Russell, "A circumplex model of affect", 1980),
with words of the mood clusters of MIREX (X. Hu & J. S. Downie, ISMIR 2007); tempo words are the usual Italian marks
with the English words for them. Sounds that are mistaken for each other are broadband noises: rain and the crackle of
vinyl are the case that the captioning study of LabelBuddy reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labelbuddy_core.errors import Invalid

MOST_ENTRIES = 500
LONGEST_WORD = 60


@dataclass(frozen=True)
class Entry:
    """Words (lower case; several in a row count as one) that mean a value of a facet."""

    facet: str
    value: str
    words: tuple[str, ...]
    exclusive: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"facet": self.facet, "value": self.value, "words": list(self.words), "exclusive": self.exclusive}


def _exclusive(facet: str, **values: str) -> tuple[Entry, ...]:
    return tuple(Entry(facet, value.replace("_", " "), _words(words), True) for value, words in values.items())


def _named(facet: str, names: str) -> tuple[Entry, ...]:
    """One entry a line: the value, and after a colon other words for it."""
    found = []
    for line in names.strip().splitlines():
        value, _, others = line.strip().partition(":")
        found.append(Entry(facet, value, (value, *_words(others))))
    return tuple(found)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


LEXICON: tuple[Entry, ...] = (
    *_exclusive(
        "tempo",
        slow="slow, slowly, slow-paced, slow-tempo, downtempo, sluggish, largo, lento, adagio, grave, larghetto",
        moderate="moderate tempo, medium tempo, mid-tempo, midtempo, moderato, andante, medium-paced",
        fast="fast, fast-paced, fast-tempo, uptempo, up-tempo, rapid, quick, brisk, allegro, vivace, presto",
    ),
    *_exclusive(
        "mood (valence)",
        positive="happy, joyful, joyous, cheerful, merry, uplifting, playful, carefree, optimistic",
        negative="sad, sorrowful, melancholic, melancholy, gloomy, mournful, somber, sombre, depressing, bleak, tragic",
    ),
    *_exclusive(
        "mood (arousal)",
        calm="calm, calming, peaceful, relaxing, relaxed, soothing, tranquil, serene, gentle mood, mellow, laid-back",
        aroused="energetic, aggressive, intense, agitated, frantic, furious, angry, exciting, tense, frenetic, rowdy",
    ),
    *_exclusive("mode", major="major key, in major, major mode", minor="minor key, in minor, minor mode"),
    *_exclusive("loudness", soft="quiet, quietly, softly, pianissimo, faint", loud="loud, loudly, fortissimo"),
    *_exclusive(
        "voice",
        none="instrumental, without vocals, no vocals, no singing, no voice",
        female="female vocalist, female singer, female voice, female vocals, woman sings, woman singing, woman speaks, "
        "woman speaking, soprano",
        male="male vocalist, male singer, male voice, male vocals, man sings, man singing, man speaks, man speaking, "
        "baritone, tenor",
    ),
    *_exclusive(
        "noise",
        rain="rain, rainfall, raining, raindrops, rain sounds, drizzle, rain falling",
        vinyl="vinyl, vinyl crackle, vinyl noise, record crackle, record noise, surface noise",
        fire="fire crackling, crackling fire, bonfire, campfire, fireplace",
        applause="applause, clapping, applauding",
        waves="ocean waves, sea waves, waves crashing, surf",
        frying="frying, sizzling",
        wind="wind, wind blowing, windy",
        static="static noise, white noise, tape hiss, hiss, radio static",
        water="stream, waterfall, running water, water flowing, river",
    ),
    *_exclusive(
        "place",
        indoors="indoors, inside a room, in a hall, in an office, in a kitchen, in a bathroom",
        outdoors="outdoors, outside, in a forest, in a park, on a street, in the woods, in a field",
    ),
    *_named(
        "instrument",
        """
        acoustic guitar
        electric guitar: distorted guitar, overdriven guitar
        bass guitar: electric bass, bassline, bass line
        guitar: guitars, guitarist
        piano: pianist, grand piano
        electric piano: rhodes, wurlitzer
        organ: church organ, hammond
        harpsichord
        accordion
        synthesizer: synth, synths, synthesizers, synth pad, synth pads
        drums: drum kit, drum set, drumming, drum beat, drummer
        drum machine: electronic drums, 808, programmed drums
        percussion: bongos, congas, shaker, tambourine, maracas
        cymbal: cymbals, hi-hat, hi-hats
        violin: violins, fiddle, violinist
        viola: violas
        cello: cellos, cellist
        double bass: upright bass, contrabass
        strings: string section, string ensemble, string quartet
        harp
        flute: flutes, flutist
        clarinet: clarinets
        oboe
        bassoon
        saxophone: sax, saxophones
        trumpet: trumpets
        trombone: trombones
        french horn: horns
        tuba
        brass: brass section
        harmonica
        bagpipes
        banjo
        mandolin
        ukulele
        sitar
        xylophone: marimba, vibraphone, glockenspiel
        wind instruments: wind instrument, woodwinds, woodwind
        bell: bells, chimes
        turntable: scratching, turntablism
        """,
    ),
    *_named(
        "sound",
        """
        speech: speaks, speaking, talking, talks, conversation
        singing: sings, vocals, vocalist, singer, choir
        laughter: laughing, laughs, giggling
        dog: barking, barks, dogs
        cat: meowing, meows, purring
        bird: birds, birdsong, chirping, tweeting
        insect: insects, crickets, buzzing
        car: cars, traffic, vehicle, vehicles
        engine: motor, engines
        train: trains, railway
        aircraft: airplane, aeroplane, plane, helicopter, jet
        siren: sirens, ambulance, police siren
        car horn: honking, honks, car horns
        door: doors, slamming
        footsteps: footstep, walking
        thunder: thunderstorm
        crowd: audience, cheering, chatter
        gunshot: gunshots, gunfire, explosion
        telephone: phone, ringing
        """,
    ),
)  # fmt: skip


def with_own(own: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """The lexicon with a project's own entries; the same words of theirs go before."""
    return (*parse_lexicon(own), *LEXICON)


def parse_lexicon(given: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """A project's own entries. Raises `Invalid` naming the first that is wrong."""
    entries = []
    for place, one in enumerate(given):
        facet, value = (" ".join(str(one.get(name) or "").split()).lower() for name in ("facet", "value"))
        words = tuple(
            dict.fromkeys(
                text for text in (" ".join(str(word).split()).lower() for word in one.get("words") or ()) if text
            )
        )
        if not facet or not value or not words:
            raise Invalid("An entry needs a facet, a value and at least one word.", field=f"lexicon.{place}")
        if max(map(len, (facet, value, *words))) > LONGEST_WORD:
            raise Invalid(f"A word has at most {LONGEST_WORD} characters.", field=f"lexicon.{place}")
        entries.append(Entry(facet, value, words, bool(one.get("exclusive", True))))
    if len(entries) > MOST_ENTRIES:
        raise Invalid(f"A project has at most {MOST_ENTRIES} entries.", field="lexicon")
    return tuple(entries)


def entries_of_lines(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Entries as somebody writes them, one a line: `facet: value = word, word`. Raises `Invalid` naming the line."""
    entries = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        facet, colon, rest = line.partition(":")
        value, equals, words = rest.partition("=")
        if not colon or not facet.strip() or not value.strip():
            raise Invalid(f"Line {number}: write it as facet: value = word, word.", field=f"lexicon.{number - 1}")
        entries.append({"facet": facet, "value": value, "words": _words(words) if equals else (value,)})
    return [entry.as_json() for entry in parse_lexicon(entries)]


def as_lines(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Entries as `entries_of_lines` reads them."""
    return [f"{one['facet']}: {one['value']} = {', '.join(one['words'])}" for one in entries]
