"""Hand-kept tables: which pictures are one concept, what else a concept is called, which kind it belongs to."""

#: concept -> emoji labels that are drawings of it (besides the label equal to the concept itself).
MERGED = {
    "dog": ["dog face", "guide dog", "service dog"], "cat": ["cat face", "grinning cat"], "tiger": ["tiger face"],
    "horse": ["horse face"], "cow": ["cow face"], "pig": ["pig face"], "mouse": ["mouse face"],
    "rabbit": ["rabbit face"], "monkey": ["monkey face"], "dragon": ["dragon face"], "sheep": ["ewe"],
    "chick": ["baby chick", "front-facing baby chick", "hatching chick"], "whale": ["spouting whale"],
    "rhino": ["rhinoceros"], "camel": ["two-hump camel"], "ladybug": ["lady beetle"], "bee": ["honeybee"],
    "orange": ["tangerine"], "apple": ["red apple"], "kiwi": ["kiwi fruit"], "corn": ["ear of corn"],
    "lettuce": ["leafy green"], "cheese": ["cheese wedge"], "salad": ["green salad"], "egg": ["cooking"],
    "donut": ["doughnut"], "ice cream": ["soft ice cream", "shaved ice"], "cup of coffee": ["hot beverage"],
    "beer": ["beer mug", "clinking beer mugs"], "bottle": ["bottle with popping cork"],
    "globe": ["globe showing Europe-Africa", "globe showing Americas", "globe showing Asia-Australia"],
    "mountain": ["snow-capped mountain", "mount fuji"], "house": ["house with garden", "houses"],
    "tent": ["camping"], "train": ["high-speed train", "bullet train", "locomotive", "railway car"],
    "tram": ["tram car", "light rail"], "bus": ["oncoming bus"], "police car": ["oncoming police car"],
    "taxi": ["oncoming taxi"], "car": ["automobile", "oncoming automobile", "sport utility vehicle"],
    "truck": ["delivery truck", "articulated lorry", "pickup truck"], "fire truck": ["fire engine"],
    "motorbike": ["motorcycle"], "scooter": ["motor scooter", "kick scooter"],
    "wheelchair": ["manual wheelchair", "motorized wheelchair"],
    "traffic light": ["horizontal traffic light", "vertical traffic light"],
    "boat": ["motor boat", "speedboat"], "airplane": ["small airplane", "airplane departure", "airplane arrival"],
    "suitcase": ["luggage"], "hourglass": ["hourglass done", "hourglass not done"],
    "moon": ["full moon", "crescent moon", "first quarter moon", "waxing crescent moon", "full moon face"],
    "sun": ["sun with face"], "star": ["glowing star"], "cloud": ["sun behind large cloud"],
    "umbrella": ["closed umbrella", "umbrella with rain drops", "umbrella on ground"],
    "lightning": ["high voltage", "cloud with lightning"], "snowman": ["snowman without snow"],
    "gift": ["wrapped gift"], "medal": ["sports medal", "military medal", "1st place medal"],
    "tennis racket": ["tennis"], "frisbee": ["flying disc"], "soccer ball": [], "billiard ball": ["pool 8 ball"],
    "dice": ["game die"], "playing card": ["joker", "flower playing cards"], "painting": ["framed picture"],
    "shirt": ["t-shirt"], "shoes": ["man’s shoe", "running shoe"], "sandal": ["thong sandal", "woman’s sandal"],
    "high heel": ["high-heeled shoe"], "boot": ["woman’s boot", "hiking boot"], "trousers": ["jeans"],
    "hat": ["woman’s hat"], "baseball cap": ["billed cap"], "helmet": ["rescue worker’s helmet", "military helmet"],
    "diamond": ["gem stone"], "loudspeaker": ["speaker high volume", "speaker low volume"],
    "piano keyboard": ["musical keyboard"], "drum": ["long drum"], "cellphone": ["mobile phone"],
    "telephone": ["telephone receiver"], "headphone": [], "computer": ["desktop computer"],
    "camera": ["camera with flash"], "magnifying glass": ["magnifying glass tilted left", "magnifying glass tilted right"],
    "book": ["closed book", "open book", "green book", "blue book", "orange book"], "newspaper": ["rolled-up newspaper"],
    "dollar bill": ["dollar banknote"], "banknote": ["yen banknote", "euro banknote", "pound banknote"],
    "mailbox": ["closed mailbox with raised flag", "open mailbox with raised flag", "postbox"],
    "padlock": ["locked", "unlocked", "locked with key"], "key": ["old key"],
    "swords": ["crossed swords"], "saw": ["carpentry saw"], "satellite dish": ["satellite antenna"],
    "trash can": ["wastebasket"], "gravestone": ["headstone"], "pumpkin": ["jack-o-lantern"],
    "american football": ["rugby football"], "fish": ["tropical fish"], "leaf": ["leaf fluttering in wind"],
    "tree": ["deciduous tree"], "pine tree": ["evergreen tree"], "starfish": [], "bread": [], "heart": ["red heart"],
    "steak": ["cut of meat"], "chicken leg": ["poultry leg"], "bird": ["black bird"], "ship": ["passenger ship"],
    "island": ["desert island"], "sled": [], "paper clip": ["paperclip", "linked paperclips"], "wine": ["wine glass"],
    "cocktail": ["cocktail glass", "tropical drink"], "yarn": [], "mushroom": ["brown mushroom"],
    "pepper": ["bell pepper"], "notebook": ["spiral notepad", "notebook with decorative cover"],
    "calendar": ["tear-off calendar", "spiral calendar"], "clock": ["mantelpiece clock", "timer clock"],
    "pistol": ["water pistol"], "bow tie": [], "gloves": [], "dinosaur": ["T-Rex"], "brontosaurus": ["sauropod"],
    "sailboat": [], "ruler": ["straight ruler", "triangular ruler"], "envelope": ["incoming envelope", "envelope with arrow"],
    "chess piece": ["chess pawn"], "smartphone": [], "skull": ["skull and crossbones"], "alien": ["alien monster"],
}

#: photographs' folder -> concept (default: the folder's name with spaces).
FOLDERS = {
    "airplanes": "airplane", "car-side": "car", "face": "person's face", "water-lilly": "water lily",
    "headphone": "headphone", "leopard": "leopard", "t-shirt": "t-shirt",
}

#: concept -> other words for the very same thing.
SYNONYMS = {
    "airplane": ["aeroplane", "plane", "jet"], "car": ["automobile", "car side", "sedan"], "person's face": ["face", "human face"],
    "water lily": ["water lilly"], "headphone": ["headphones", "a pair of headphones"], "cellphone": ["mobile phone", "smartphone", "cell phone"],
    "motorbike": ["motorcycle"], "rhino": ["rhinoceros"], "cougar face": ["face of a cougar"], "cougar body": ["cougar", "puma"],
    "crocodile head": ["head of a crocodile"], "flamingo head": ["head of a flamingo"], "soccer ball": ["football"],
    "hawksbill": ["hawksbill turtle", "sea turtle"], "turtle": ["tortoise"], "stop sign": ["road sign"], "donut": ["doughnut"],
    "trousers": ["pants", "jeans"], "t-shirt": ["tee shirt"], "shoes": ["shoe", "sneakers", "a pair of shoes"],
    "inline skate": ["roller blade"], "revolver": ["gun", "handgun"], "pistol": ["water gun"], "euphonium": ["brass horn"],
    "ewer": ["jug", "pitcher"], "ketch": ["sailing boat"], "schooner": ["sailing ship"], "lamp": ["table lamp"], "cup": ["coffee cup"],
    "mug": ["coffee mug"], "joshua tree": ["yucca tree"], "bonsai": ["bonsai tree"], "dollar bill": ["banknote"], "watch": ["wristwatch"],
    "sea horse": ["seahorse"], "wild cat": ["wildcat"], "panda": ["panda bear"], "laptop": ["laptop computer", "notebook computer"],
    "fire truck": ["fire engine"], "taxi": ["cab"], "bicycle": ["bike"], "truck": ["lorry"], "couch and lamp": ["sofa", "couch"],
    "television": ["tv"], "bee": ["honeybee"], "ladybug": ["lady beetle"], "sheep": ["ewe"], "computer": ["desktop computer", "pc"],
    "french fries": ["fries"], "hamburger": ["burger"], "cookie": ["biscuit"], "lettuce": ["leafy green"], "orange": ["tangerine"],
    "gift": ["present", "wrapped gift"], "trash can": ["wastebasket", "garbage can"], "light bulb": ["lightbulb"],
    "glasses": ["eyeglasses", "spectacles"], "rooster": ["cockerel"], "gravestone": ["tombstone", "headstone"],
    "dress": ["gown"], "jacket": ["coat"], "faucet": ["tap"], "sailboat": ["sailing boat"], "suitcase": ["luggage"],
    "pumpkin": ["jack-o-lantern"], "mailbox": ["letter box", "postbox"], "snowman": ["snow man"], "boot": ["boots"],
    "cup of coffee": ["coffee", "hot drink"], "donkey": ["mule"], "chick": ["baby chicken"], "birthday cake": ["cake"], "fish": ["tropical fish"], "red paper lantern": ["lantern", "paper lantern"], "train": ["locomotive"],
}

#: kind -> concepts or emoji subgroups that belong to it (subgroup numbers of emojibase).
KINDS = {
    "animal": {"groups": ["mammal", "bird", "amphibian", "reptile", "marine", "bug"]},
    "bird": {"groups": ["bird"]}, "insect": {"groups": ["bug"]}, "sea animal": {"groups": ["marine"]},
    "flower": {"groups": ["flower"]}, "plant": {"groups": ["flower", "plant"]},
    "fruit": {"groups": ["fruit"]}, "vegetable": {"groups": ["vegetable"]},
    "food": {"groups": ["fruit", "vegetable", "prepared", "asian", "sweet"]}, "drink": {"groups": ["drink"]},
    "building": {"groups": ["building", "religious"]}, "vehicle": {"groups": ["ground", "water", "air"]},
    "boat or ship": {"groups": ["water"]}, "musical instrument": {"groups": ["instrument"]},
    "clothing": {"groups": ["clothing"]}, "tool": {"groups": ["tool"]}, "sports equipment": {"groups": ["sport"]},
}

#: photographs' concepts -> emoji-like group, for those that no emoji places.
GROUPS = {
    "mammal": "beaver cougar_body cougar_face dalmatian elephant gerenuk hedgehog kangaroo leopard llama okapi panda platypus rhino wild_cat",
    "bird": "emu flamingo flamingo_head ibis pigeon rooster", "bug": "ant butterfly dragonfly mayfly scorpion tick",
    "marine": "bass crab crayfish dolphin hawksbill lobster nautilus octopus sea_horse starfish trilobite",
    "reptile": "brontosaurus crocodile crocodile_head stegosaurus", "flower": "lotus sunflower water_lily", "plant": "bonsai joshua_tree",
    "instrument": "accordion electric_guitar euphonium gramophone grand_piano mandolin saxophone",
    "water": "ferry ketch schooner", "air": "airplane helicopter", "ground": "car motorbike wheelchair",
    "clothing": "dress hat jacket long_sleeved_shirt shirt shoes shorts skirt t-shirt trousers", "building": "minaret pagoda pyramid",
    "fruit": "strawberry", "prepared": "pizza", "tool": "scissors wrench stapler",
}

#: Emoji that are no picture of a thing (or the same picture many times).
SKIPPED = r"o’clock|thirty|map of Japan|globe with meridians|Japanese|speaker|bell with slash|arrow|with pen|nazar|hamsa|" \
    r"mahjong|suit$|place medal|foggy|cityscape|sunrise|sunset|bridge at night|night with|milky way|page |tray|" \
    r"chart|memo|label|receipt|placard|identification|bookmark|admission|quarter moon|crescent moon|gibbous|new moon|" \
    r"behind|with rain$|with snow$|with lightning and|wind face|cyclone|fog$|knot|moon viewing|wilted|sparkles|reminder|" \
    r"hair pick|musical score|notes|level slider|control knobs|low battery|broken chain|diamond suit|empty nest|pouring|" \
    r"love hotel|kaaba|wedding|microbe|dna|nose|paw prints|clinking|^construction$|goal net|derelict|e-mail|money with|" \
    r"landslide|treasure chest|fight|splatter|root vegetable|bell pepper extra"

#: Concepts kept out of all training of pictures, to measure objects never seen.
HELD_OUT = [
    "giraffe", "croissant", "goose", "harp", "hot dog", "ladder", "moose", "necktie", "roller coaster", "sandwich", "skunk",
    "squid", "toothbrush", "tulip", "bathtub", "canoe", "cucumber", "pretzel", "peacock", "avocado", "trombone", "screwdriver",
    "broccoli", "frog", "fountain", "axe", "lemon", "police car", "microphone", "seal",
]
