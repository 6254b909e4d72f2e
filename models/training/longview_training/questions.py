"""What the decoder is asked, in words. PROMPTS.md describes the same for those who build prompts.

{k} stands for a thing with its article ("a dog", "the dog", "two dogs" never): see noun().
"""

QUESTIONS = {
    "present": [
        "is there {a}?", "is there {a} in the video?", "do you see {a}?", "can you see {a}?", "does {a} appear?", "does {a} appear in the video?",
        "is {a} shown?", "is {a} shown in the video?", "is {a} visible?", "does the video show {a}?", "was there {a}?", "did {a} appear?",
        "is there {a} anywhere?", "do we see {a}?", "{k}?", "does {a} show up?", "is there any {k}?",
    ],
    "after": [
        "what comes right after {the}?", "what comes after {the}?", "what is shown after {the}?", "what follows {the}?", "what appears after {the}?",
        "what do we see after {the}?", "what happens after {the}?", "what is shown right after {the}?", "which thing comes after {the}?", "what is next after {the}?",
    ],
    "before": [
        "what comes right before {the}?", "what comes before {the}?", "what is shown before {the}?", "what precedes {the}?", "what appears before {the}?",
        "what do we see before {the}?", "what happens before {the}?", "what is shown right before {the}?", "which thing comes before {the}?",
    ],
    "first": ["what is shown first?", "what comes first?", "what appears first?", "what is the first thing shown?", "what do we see first?", "how does the video start?", "what is at the beginning?"],
    "last": ["what is shown last?", "what comes last?", "what appears last?", "what is the last thing shown?", "what do we see last?", "how does the video end?", "what is at the end?"],
    "list": [
        "what is shown, in order?", "list what is shown in order.", "list everything in order.", "what things are shown?", "what is shown in the video?",
        "what happens in the video?", "describe the video.", "what can be seen, in order?", "what do we see in the video?", "summarize the video.",
    ],
    "what": ["what is this?", "what is shown?", "what is shown here?", "what do you see?", "what can you see here?", "what is in the picture?", "name the thing.", "describe this scene."],
    "count": ["how many shots show {a}?", "how many times does {a} appear?", "how often does {a} appear?", "how many times is {a} shown?", "in how many shots is there {a}?"],
    "where": [
        "where is {the}?", "where in the picture is {the}?", "on which side is {the}?", "where do we see {the}?", "where does {the} appear?", "in which part of the frame is {the}?",
        "which side is {the} on?", "is {the} on the left or on the right?",
    ],
    "beside": ["what is next to {the}?", "what is beside {the}?", "what is shown with {the}?", "what else is in the picture with {the}?", "what can be seen next to {the}?"],
}
NOT_SHOWN, NOTHING = " not shown", " nothing"
SIDES = [" left", " middle", " right"]
NUMBERS = [" zero", " one", " two", " three", " four", " five", " six", " seven", " eight"]


def article(name):
    """ "a dog", "an ant", and plain plurals and masses ("shoes", "scissors", "bread") as they are."""
    if name in MASS or (name.endswith("s") and not name.endswith(("ss", "us", "is"))):
        return name
    return ("an " if name[0] in "aeio" else "a ") + name


MASS = {
    "bread", "butter", "salt", "cheese", "bacon", "corn", "garlic", "popcorn", "spaghetti", "sushi", "honey", "soap", "wood", "ice", "yarn", "thread", "fire",
    "lightning", "lipstick", "broccoli", "lettuce", "rice", "coral", "binocular", "sake", "money", "knitting", "wine", "beer", "thyme", "common lavender",
}


def fill(template, name):
    """A question about a name."""
    return template.format(k=name, a=article(name), the="the " + name)
