"""Measure how random a value looks, compared with English words and programmers' identifiers.

For each character: its cost for a generator of random text, which draws from the smallest usual alphabet that contains
the value, and its cost for a writer of words, given the character before it. The sum of the differences is the evidence
in bits. Long values gather more of it than short ones, as they should: six letters prove nothing.
"""

from __future__ import annotations

import math
from collections import Counter

LONGEST = 256
SYMBOLS = 54
FIRST_CELL = ord("0")

# Costs in half bits by pair of symbols (a-z, A-Z, digit, other); made by benchmarks/make_bigrams.py.
ROWS = (
    "C:88B?:E:E=687H9F685<>>>=DNLNLLKOHOOONOHOIOLIJOONOOO>:",
    "6=;>7@?B88C6=?8:F:9=6FAD9ALEIGEDLILLLLLILEILHFLLHFLL;6",
    "7C=A7BB7;L78>A5@B9=6:?DG=HDIEHGGGJCKIFGKHGOHGDKOKKOO>7",
    "8??:4?@D7BE9B@8AE;:=:CDE>HCF@BACGCCOLDDCFCOCBBGGCKOJ=3",
    "9@99=<>DAGB6;7@<>678@>>:?EFFDEBDIEEIODECHDIFCCHFGIOO@5",
    "9D?>99AG5HK;AA7?G9<;:HDI>OHJIKIEJHOOOOKIKIOOOIOOKOOO>2",
    ";A?A4B;:8JJ:>:<AM98=;ACMDAJGIDBFEDBMMDDCGAMBDCFHHJMM?4",
    "5AA?4CED7M@>>?6BM9=9;EEH?EFMFEECMEGMMEFFGHJMCGJJFJMMC4",
    ";;9::<:JAHA7947:E:76D<I;M;OHKOOMOOOLOKOOOMOOMOOOMOOOD<",
    "8F<A4AFA<F=@CC6<F@;C7FAF@FFFFFFFFFFCFFFFFFFFFFFCFFFF<3",
    ":@>>4==B7GC:B<>?C>8?=E;KAGCGCECDEGDKGDDEFDKDAGHDGKKKA3",
    "8?@:55DE6HC8C@7>LB:::AFI;FGIFDCGHEGOMHGELFMIDFJLJOOOC7",
    "5:C=4CDD8GA<:@77NA9<<EEJ?KNJFIFKNFCNHFFENGNDEEKGHNNNB7",
    "7B867:7B:F=>A<9>DA86<<CGAGFFDECFFGEOHEEEJDOFDDGGHJOOA5",
    "<;87C=<E>G<985:8M6999<:>CCJHHHJLOLHOOIIJLLLGGHMOJMOLA8",
    "5B?=5?B>9OA7AA78E7<8;CBI:ODJFFECOJEOOHGOIEOIGEIHLJOO@6",
    "AB>?B@C@CDG<C<B><<:A1B@DGGGGGGGGGGGGGGGCGGDGGCGGGGGG=5",
    "7B;<5?;D7I=>;<7?K:88==AE;JFEDACFJFHOHFFFKFOGDDOJFOOOC5",
    "<D;A4A@;9H>>AB;:CA96:C?F<IHIFIEEIIFOLGHEHEMGDFKFJOONC4",
    "7A<>5@E86KA=?A9=G8:;;B@B;BCCAB@CHCDOJBCBHDJBABEEGMNOB4",
    ";9;=7;=F9KC786=8K686BGGCJEKNNNNJNKNNNKNNNNNJNNINNJNN8=",
    "4@>D2?AC7KFB??;@F??BD@BEDDHEKEKEKFHKKHKKKKKFCKKKKKKK<7",
    "6B><8?E:5FC=>88AC69@ED<AFFDDAEEDHFBKKBKHBDKECAHFEKKF@5",
    ";?7?7>F?8KF=;B?7K?>4?@D=;DEBB@AAFBAKKDACDCKC@DDCDEKH;4",
    "@?=><@@C=LF;:9?6I>78B@=DCBEEBAA?GBBLLDCCC@E@@AIELLLF@2",
    "8B>?2=D<6GG<>>9>GA?@?GAG>A>GGGGGGGGGGGGGGDGGGGGGGDGG=7",
    "D?==KCBEFKF<B>F>H;<<>BBKKHB;99A>9E;C?799B:H786;7?<>D>9",
    "6HA?;CHE<EH>HH9EE:CH8HHH:H8<;=9BAA8;B9<@9?A:;>8HCC;>;7",
    "9GCC@GJ:BJJ9CD5GJ=C@>JJJBG8D<;8<?9<G::=@6=J9<8<ADECD<8",
    ";EDG7GJJ8GJBJE8JJ@AJ>JJJCJ:??=5;B@8DA<@@9@E><=8B@D?B=4",
    "EIECLCDLHLL=@;HE>9BCG>I:LI:@::=<=EAGA<<8>;>789C=?;;C?4",
    ":DCB<FCI6II;ID9II9FI:FIIII9C;><:@?6CF7?D9CF:<<;F@I@F96",
    "?DBB8DCC?GG@CA>GG9DA=CGGG?<>>?6B=:7DC;<8;AG:7;=GBAGG>4",
    "6IAE8EII=IIIBI<IIICB?IIIAI4D@>8BC@:I>==A7BE;>8=ECIEIA5",
    "FGB<KACKKKKE;7BGKC?<FGKGKK=:::;::B>BG8957:D:78K=D;K;A:",
    "6B:B<?BB?B=?BB8BB==B9BBB=B?BB=7=BB<B9B?B9:BB6B6BBBBB=8",
    ">FAF8CFC;FFAFA>FA?@FAF?FCF;C?<3>>@;CF<F;<A>><>AF:FF@?4",
    "<JDD:GJJ9JJDEJ8GGJBDA@JJEJ7@<95>BB7GA9?A7<E>;9<A@J=??6",
    "7FCI8FBI:IIIDI9IIF@I;III@I6<C>5?FC9I@:;?78IA;;<DFCBI?7",
    "8JEJ<GGJ@JJJJJ7JJJBG>JJJFJ8>:88;8B:G=<B<7=FB97;=CFAC?5",
    "C>ADJ@FGJJFBB?F;J>EB??BGJJ<;97A<<B>D=:96;9J6:9:=:BFB97",
    "7GEA=GEA<JJ>GJ:JJ7AD=>JJ;J8@<>7?@=:J@9@?8:A8:8=A?G:J=7",
    "??BBB?B?BBBBBB>BBB?B3BBBBB==B??BBBBBB:B;B=;:BB3BBBBB>7",
    "<GDK6GKG=KGKFG=KKGEK=KGKKK9A;<5==D8K><<<8<K:98<>@K:KB5",
    ">K<G8HK=;HAACB<=AHF8:ACG=K<D:?7A?:8G>;>?8;B?97;@BB<D@5",
    "=HAH9HK<<K@KKH=GK;DG=KDK:K8B==6:B97FA<>A::F9;:=B@D:A?5",
    "CDCDFFFIFIFFF7D;I@;@BIFIIF<;<<:;<I9IF697=9I896>AI>FC9:",
    "8DDA8DGB9GGDGG?GGDBGGDGDGG8?>B2?BD:GGA>??AG?>?DG?DGG<8",
    "7CCC:CC:7FFCC@;FF8AFFF?FFF7A==;@?<7FF=>98>F98@?F?=FF>6",
    "EE>EABEBAEEB>EABE@BAEEBBEE<@9=8===:EE<7>;8E@=6A?B8;?:3",
    "AFBF?CFF>FFFFF>FFFCCAFFFFF?F?C<@FF>FF<=:?6F?78>@;F:>?2",
    "<C>@:@C@7CCCCC<CC@?C@C@CC@9C@C3CC@9CC;8?;;CC>CCC?C@@95",
    "<=>=>>GFFFFCDDADOFABFIIDIIABBBADLGHOHEGFIHLJFIIOOJIH23",
    ":;8:::;<:B?::;;9A:6:;=<@CB>?=>>>A>>DB?>?@=E><>?BADEE:6",
)

_DIGIT, _OTHER = 52, 53
_DIGIT_BITS = math.log2(10)
# Separators occur between words; other punctuation hardly ever does.
_SEPARATORS = frozenset("_-. /:,")
_SEPARATOR_BITS, _PUNCTUATION_BITS = 2.0, 6.0
_ALPHABETS = (
    (frozenset("0123456789"), 10),
    (frozenset("0123456789abcdef"), 16),
    (frozenset("0123456789ABCDEF"), 16),
    (frozenset("abcdefghijklmnopqrstuvwxyz"), 26),
    (frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 26),
    (frozenset("abcdefghijklmnopqrstuvwxyz0123456789"), 36),
    (frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), 36),
    (frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), 52),
    (frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), 62),
    (frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=_-"), 66),
)
_PRINTABLE = 94


def randomness(value: str) -> float:
    """Probability-like score from 0 (words) to 1 (drawn at random); 0.5 at 14 bits of evidence."""
    text = value[:LONGEST]
    if len(text) < 4:
        return 0.0
    bits = random_bits(text)
    score = 1 / (1 + 2 ** min(60.0, (14 - bits) / 4))
    return min(score, 0.4) if entropy(text) < entropy_floor(text) else score


def random_bits(text: str) -> float:
    """Bits of evidence that the first 256 characters were drawn at random, not written: negative for words."""
    text = text[:LONGEST]
    # All characters other than letters and digits are one class, so those outside Latin-1 may become a question mark.
    symbols = text.encode("latin-1", "replace").translate(_SYMBOL_OF)
    before = _OTHER
    cells = 0
    for at in symbols:
        cells += ord(ROWS[before][at])
        before = at
    digits, others = symbols.count(_DIGIT), symbols.count(_OTHER)
    separators = sum(map(text.count, _SEPARATORS)) if others else 0
    written = (cells - FIRST_CELL * len(symbols)) / 2 + digits * _DIGIT_BITS
    written += separators * _SEPARATOR_BITS + (others - separators) * _PUNCTUATION_BITS
    return written - math.log2(_alphabet(text)) * len(text)


def entropy(text: str) -> float:
    """Shannon entropy in bits per character."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())


def entropy_floor(text: str) -> float:
    """Bits per character that nearly all random strings of this length and alphabet reach.

    A random string of n characters from k has about log2(k) - (k - 1) / (2 n ln 2) bits, and no more than log2(n)
    where it is short; the rest is left for chance.
    """
    size, length = _alphabet(text), len(text)
    expected = math.log2(size) - (size - 1) / (2 * length * math.log(2))
    return 0.82 * min(max(expected, math.log2(min(size, length)) - 0.7), math.log2(min(size, length)))


def symbol(character: str) -> int:
    """Row of a character: a-z 0-25, A-Z 26-51, digits 52, all others 53."""
    code = ord(character)
    if 97 <= code <= 122:
        return code - 97
    if 65 <= code <= 90:
        return code - 39
    return _DIGIT if 48 <= code <= 57 else _OTHER


_SYMBOL_OF = bytes(symbol(chr(code)) for code in range(256))


def _alphabet(text: str) -> int:
    used = set(text)
    return next((size for characters, size in _ALPHABETS if used <= characters), _PRINTABLE)
