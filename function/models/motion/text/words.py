"""What the lexicon knows about English beyond its vocabulary: irregular forms, phrases, harmless words. Data only."""

# base -> its irregular forms, the past tense first
IRREGULAR: dict[str, tuple[str, ...]] = {
    "bend": ("bent",),
    "bring": ("brought",),
    "come": ("came",),
    "do": ("did", "done", "does", "doing"),
    "draw": ("drew", "drawn"),
    "fall": ("fell", "fallen"),
    "brisk": ("briskly",),
    "deep": ("deeper", "deeply"),
    "fast": ("faster", "fastest"),
    "fling": ("flung",),
    "freeze": ("froze", "frozen"),
    "foot": ("feet",),
    "get": ("got", "gotten"),
    "give": ("gave", "given"),
    "gradual": ("gradually",),
    "go": ("went", "gone", "goes", "going"),
    "hang": ("hung",),
    "hasty": ("hastily",),
    "high": ("higher", "highest"),
    "hurried": ("hurriedly",),
    "hit": ("hit",),
    "jack": ("jacks",),
    "hold": ("held",),
    "idle": ("idly",),
    "keep": ("kept",),
    "kneel": ("knelt",),
    "lazy": ("lazily",),
    "leap": ("leapt",),
    "low": ("lowest",),
    "make": ("made",),
    "put": ("put",),
    "quick": ("quicker", "quickest", "quickly"),
    "rapid": ("rapidly",),
    "respectful": ("respectfully",),
    "rise": ("rose", "risen"),
    "run": ("ran",),
    "say": ("said",),
    "shake": ("shook", "shaken"),
    "sit": ("sat",),
    "slow": ("slower", "slowest", "slowly"),
    "speedy": ("speedily",),
    "spin": ("spun",),
    "sluggish": ("sluggishly",),
    "spring": ("sprang", "sprung"),
    "stand": ("stood",),
    "stride": ("strode", "stridden"),
    "strike": ("struck",),
    "swift": ("swiftly",),
    "swing": ("swung",),
    "unhurried": ("unhurriedly",),
    "take": ("took", "taken"),
    "throw": ("threw", "thrown"),
}

NUMBERS: dict[str, str] = {"1": "one", "2": "two", "3": "three", "ninety": "90", "x": "time"}

# Runs of words (as lemmas) that mean something else together than one by one. An empty answer: nothing.
PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("after", "that"): ("afterward",),
    ("after", "this"): ("afterward",),
    ("after", "which"): ("afterward",),
    ("after", "it"): ("afterward",),
    ("afterwards",): ("afterward",),
    ("before", "that"): ("after",),
    ("all", "right"): (),
    ("right", "away"): (),
    ("right", "now"): (),
    ("right", "after"): ("after",),
    ("right", "before"): ("before",),
    ("right", "then"): ("then",),
    ("right", "there"): (),
    ("not", "only"): (),
    ("not", "move"): ("motionless",),
    ("not", "stir"): ("motionless",),
    ("not", "budge"): ("motionless",),
    ("without", "move"): ("motionless",),
    ("without", "any", "movement"): ("motionless",),
    ("without", "movement"): ("motionless",),
    ("one", "eighty"): ("180",),
    ("three", "sixty"): ("360",),
    ("same", "moment"): ("same", "time"),
    ("at", "once"): (),
    ("at", "first"): ("first",),
    ("first", "of", "all"): ("first",),
    ("to", "begin", "with"): ("first",),
    ("to", "start", "with"): ("first",),
    ("a", "while"): (),
    ("as", "well"): (),
    ("such", "as"): (),
    ("as", "if"): (),
    ("as", "though"): (),
    ("from", "there"): (),
    ("side", "step"): ("sidestep",),
    ("goose", "step"): ("march",),
    ("prior", "to"): ("before",),
    ("once", "do"): ("then",),
    ("when", "do"): ("then",),
    ("once", "finish"): ("then",),
    ("once", "do", "with"): ("after",),
    ("once", "finish", "with"): ("after",),
    ("when", "finish", "with"): ("after",),
    ("to", "finish"): ("finally",),
    ("one", "after", "another"): (),
    ("one", "after", "the", "other"): (),
    ("one", "at", "a", "time"): (),
    ("one", "by", "one"): (),
    ("right", "hand", "side"): ("right", "side"),
    ("left", "hand", "side"): ("left", "side"),
    ("when", "finish"): ("then",),
    ("about", "turn"): ("about", "face"),
    ("in", "front"): ("front",),
    ("counter", "clockwise"): ("counterclockwise",),
    ("anti", "clockwise"): ("counterclockwise",),
}

NEGATIONS: frozenset[str] = frozenset({"not", "never", "without", "instead", "avoid", "refuse", "neither", "nor", "except"})
# A negation reaches up to the next of these.
BOUNDARIES: frozenset[str] = frozenset({",", "then", "and", "but", "while", "as", "before", "after", "afterward", "next", "until"})

CONTRACTIONS: dict[str, str] = {
    "cannot": "not",
    "cant": "not",
    "dont": "not",
    "doesnt": "not",
    "isnt": "not",
    "wont": "not",
    "didnt": "not",
    "arent": "not",
}

_ARTICLES = "a an the this these those some any that there here it its own such each"
_PEOPLE = """person people man men woman women someone somebody anyone human figure character individual avatar adult boy girl kid child
    children baby toddler teenager guy lady gentleman fellow dude chap lad gal bloke sir madam mister mr mrs ms miss stranger friend
    neighbour neighbor guest visitor tourist customer passenger patient crowd audience listener fan mother father mom mum dad parent
    grandmother grandfather grandma grandpa brother sister son daughter uncle aunt cousin husband wife king queen prince princess knight
    wizard witch pirate ninja samurai cowboy monk hero villain thief burglar hunter robot model mannequin actor actress performer artist
    singer dancer ballerina clown athlete player gymnast runner skater boxer fighter goalkeeper trainer coach teacher student pupil cadet
    recruit guard sentry officer policeman policewoman fireman firefighter astronaut sailor pilot nurse doctor farmer chef cook waiter
    waitress butler worker pedestrian subject virtual digital young old elderly tall short little"""
_PRONOUNS = """i me my we us our you your yours he him his himself she her hers herself they them their theirs themselves themself yourself
    itself oneself who whom whose which what thing"""
_AUXILIARIES = """is are was were be been being am has have had having will would shall should can could may might must do let make want
    need try like please kindly ok okay hey now just simply also too very really quite rather so well only even ever perform proceed decide
    manage start begin continue finish keep give carry allow out of by for but if than when where kind sort bit somewhat maybe perhaps
    how alone altogether"""
_TELLING = """see watch show animate animation motion clip video scene generate create depict picture image imagine describe sequence act
    action movement"""
_MANNER = """gentle gently careful carefully calm calmly casual casually happy happily cheerful cheerfully sudden suddenly quiet quietly
    smooth smoothly graceful gracefully confident confidently elegant elegantly natural naturally normal normally proper properly
    deliberate deliberately eager eagerly excited excitedly proud proudly nervous nervously silent silently soft softly light lightly simple
    steady steadily usual good nice great regular relaxed firm firmly clear clearly immediate immediately eventually friendly polite
    politely"""
PEOPLE: frozenset[str] = frozenset(_PEOPLE.split())
# Words that carry nothing the motion could show; they are dropped without a warning.
IGNORED: frozenset[str] = PEOPLE | frozenset(" ".join((_ARTICLES, _PRONOUNS, _AUXILIARIES, _TELLING, _MANNER)).split())
