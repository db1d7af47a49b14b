"""What the lexicon knows about English beyond its vocabulary: irregular forms, harmless words, near-synonyms. Data only."""

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

_ARTICLES = "a an the this these those some any that there here it its own such"
_PEOPLE = """person people man men woman women someone somebody anyone human figure character individual avatar actor actress adult boy
    girl kid child guy lady gentleman fellow dude chap lad gal bloke dancer athlete player boxer runner performer model mannequin
    robot worker student teacher teenager subject stranger friend fighter gymnast goalkeeper guard hero visitor pedestrian stick virtual
    digital mr mrs ms miss young old elderly tall short little"""
_PRONOUNS = """i me my we us our you your yours he him his himself she her hers herself they them their theirs themselves themself yourself
    itself oneself who whom whose which what"""
_AUXILIARIES = """is are was were be been being am has have had having will would shall should can could may might must do let make want need
    try like please kindly ok okay hey now just simply also too very really quite rather so well only even perform proceed decide
    manage start begin continue keep give carry out of by for but if than when where kind sort bit somewhat maybe perhaps how"""
_TELLING = """see watch show animate animation motion clip video scene generate create depict picture image imagine describe sequence act
    action movement"""
_MANNER = """gentle gently careful carefully calm calmly casual casually happy happily cheerful cheerfully sudden suddenly quiet quietly
    smooth smoothly graceful gracefully confident confidently elegant elegantly natural naturally normal normally proper properly
    deliberate deliberately eager eagerly excited excitedly proud proudly nervous nervously silent silently soft softly light lightly simple
    usual good nice great regular relaxed firm firmly clear clearly immediate immediately eventually friendly politely polite"""
# Words that carry nothing the motion could show; they are dropped without a warning.
IGNORED: frozenset[str] = frozenset(" ".join((_ARTICLES, _PEOPLE, _PRONOUNS, _AUXILIARIES, _TELLING, _MANNER)).split())

# Near-synonyms that the training sentences do not use, as words that they do use.
SYNONYMS: dict[str, str] = {
    # gaits
    "saunter": "walk slow",
    "amble": "walk slow",
    "meander": "walk slow",
    "traipse": "walk slow",
    "lumber": "walk slow",
    "tiptoe": "walk slow",
    "wander": "walk",
    "roam": "walk",
    "hike": "walk",
    "trek": "walk",
    "tread": "walk",
    "promenade": "walk",
    "stomp": "march",
    "parade": "march",
    "gallop": "run",
    "trot": "jog",
    "race": "sprint",
    "bolt": "sprint",
    "scurry": "run quick",
    "scamper": "run quick",
    "retreat": "walk backward",
    "hotfoot": "run quick",
    # whole body
    "bound": "leap",
    "vault": "leap",
    "perch": "sit down",
    "plop": "sit down",
    "genuflect": "kneel",
    "arise": "rise",
    "cower": "crouch",
    "stoop": "crouch",
    "swivel": "turn",
    "revolve": "spin",
    "whirl": "spin",
    "boogie": "dance",
    "waltz": "dance",
    "shimmy": "dance",
    "jive": "dance",
    "jig": "dance",
    "loiter": "stand still",
    "linger": "stand still",
    "teeter": "balance",
    # arms and legs
    "hoist": "raise",
    "elevate": "raise",
    "hail": "wave",
    "wallop": "punch",
    "thump": "punch",
    "clout": "punch",
    "sock": "punch",
    "boot": "kick",
    "punt": "kick",
    "chuck": "throw",
    "sling": "throw",
    "heave": "throw",
    "cast": "throw",
    "applause": "applaud",
    "palm": "hand",
    "limb": "arm",
    # how, where, when
    "leftward": "left",
    "rightward": "right",
    "rearward": "backward",
    "onward": "forward",
    "swift": "quick",
    "hasty": "quick",
    "hurried": "quick",
    "speedy": "quick",
    "prompt": "quick",
    "sluggish": "slow",
    "lazy": "slow",
    "gradual": "slow",
    "thrice": "three time",
    "meanwhile": "same time",
    "whilst": "while",
    "thereafter": "afterward",
    "subsequently": "afterward",
    "later": "afterward",
    "lastly": "finally",
    "deg": "degree",
}
