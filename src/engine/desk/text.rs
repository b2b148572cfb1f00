//! The texts of the user interface in one table. The texts of lessons and models come with their figures.

/// Fills the placeholders `{}` of a pattern in order.
pub fn fill(pattern: &str, with: &[&str]) -> String {
    let mut out = String::with_capacity(pattern.len() + 32);
    let mut parts = pattern.split("{}");
    out.push_str(parts.next().unwrap_or(""));
    for (n, part) in parts.enumerate() {
        out.push_str(with.get(n).copied().unwrap_or(""));
        out.push_str(part);
    }
    out
}

macro_rules! texts {
    ($($name:ident = $text:literal;)*) => { $(#[doc = $text] pub const $name: &str = $text;)* };
}

texts! {
    PLAY = "Play";
    PLAY_FROM_START = "Play from the start";
    PAUSE = "Pause";
    SLOWER = "the model can’t keep up, so it runs slower than this";
    TAKE_BACK = "Take back";
    FIXED = "The challenge fixes '{}'. 'Back to the run the page opened with' in the figure’s menu frees it.";
    IDLE = "'{}' has no effect while '{}' is '{}'.";
    AS_LOGGED = "logged";
    LOG_DECIDES = "The log decides the load; 'Log runs faster' changes its pace.";
    DROPPED = "Everything after {} was dropped.";
    CHANGED_AT = "{}: {} becomes {}";
    DONE_AT = "{}: {} {}";
    SEED = "Seed";
    COPY = "Copy";
    COPIED = "Copied";
    NO_RUN_IN_FILE = "That file holds no run of this figure.";
    SOMETHING = "Something happened.";
    NO_MOMENTS = "No moment is marked so far.";
    CLOSE = "Close";
    TRY_AGAIN = "Restart the model";
    RELOAD = "Reload the page";
    REPRODUCE = "A link to the run it failed on";
    OTHER_BUILD = "The playground has been updated since this page was opened.";
    NO_FACTS = "The texts of this figure could not be loaded. Reload the page, or try again when you are online.";
    NO_CANVAS = "This browser can’t paint while it computes, so the figure stays as it is.";
    NOT_STARTED = "The model could not be loaded.";
    PANICKED = "The model of this figure failed, and the mistake is ours. The figure is back where it was before.";
    HUNG = "The model did not answer for ten seconds and was stopped. The figure is back where it was before.";
    HUNG_LAST_TIME = "This link stopped the figure last time, so its run wasn't started.";
    NOT_OPENED = "This run can’t be opened: {} Here is the figure’s own run.";
    BAD_LINK = "This link can’t be opened: {}.";
    FROM_LINK = "Opened from a link.";
    DIFFERS = "{}: {}";
    DIFFERS_INPUTS = "Later changes and faults: {}, marked on the timeline";
    STEPS = "What happened to it";
    STEPS_LEFT_OUT = "{} earlier steps";
    NOTHING_KNOWN = "There is nothing to say about it at this moment.";
    BECAUSE = "because ";
    FROM_TO = "from {} to {}";
    PLACED = "{}: place {} of {}";
    GROUPED = "{}: {}";
    TEXT_LIMIT = "at most {} characters";
    CHOOSE = "{}: choose {} in the picture.";
    CHOOSE_TO = "{} to {}";
    CHOSEN_NONE = "Chosen: none yet";
    CHOSEN = "Chosen: {}";
    CHOOSE_MORE = "Choose {} first.";
    NOT_CHOOSABLE = "{} can’t be chosen: choose {}, each of them a {}.";
    CANCEL = "Cancel";
    LOG_READING = "{} of {} read";
    LOG_PACE = "Here it runs {} faster, so that servers are four fifths busy. 'Log runs faster' changes that.";
    LOG_RATE = "Requests over the whole log: at most {} in any of its {} parts";
    LOG_FAILED = "The file could not be read.";
    PREDICT_FIRST = "It runs once you have answered its question.";
    UNDERSTOOD = "Read as {}.";
    WAS = "was {}";
    HOVER = "{}: click to see what it is doing, and why.";
    HOVER_ACTED_ON = "{}: click for what it does, and what you can do to it.";
    GRADING = "Committed. The run is being computed …";
    SEARCHING = "Searching …";
    SHORTEST_WAY = "Found: {} steps, and no fewer, lead to a state that must never be: {}";
    CHOOSE_NEXT = "Choose what runs next, or let a scheduler choose.";
    NO_CHOICE = "A scheduler decides what happens next. Take over its choices, and search again.";
    NO_WAY = "No bad schedule: all {} states that can be reached were checked.";
    TOO_MANY_WAYS = "None among the first {} states; there are too many to check them all.";
    BACK_TO_YOURS = "Back to your run";
    SEE_IN_FIGURE = "See it in the figure";
    READ_OFF = "The answer comes from these runs: ";
    AS_OPENED = "As it opened";
    FARTHEST = "The run that your curve is farthest from: ";
    TRY_AGAIN_ANSWER = "Try again";
    RIGHT = "Right.";
    NOT_RIGHT = "Not quite.";
    YOUR_ANSWER = "your answer";
    WHAT_HAPPENS = "what happens";
    YOURS_AND_RIGHT = "your answer: right";
    SAYS_NUMBER = "The run that was asked about says {}; you said {}.";
    OFF = "On average your curve is {} off; up to {} counts as right.";
    PLACE = "place {}";
    POINTS = "{} points";
    ANSWER_FIRST = "Answer first.";
    QUESTION_FIRST = "First answer the question in the figure, or skip it.";
    DRAW_ALL = "Draw the curve from one end to the other first.";
    ONE_OR_ALL = "Is that 1 % or all of it? Write 1 % or 100 %.";
    NO_SHARE = "A share lies between 0 % and 100 %.";
    QUIZ_YOURS_RIGHT = "your answer: right";
    QUIZ_YOURS_WRONG = "your answer: wrong";
    QUIZ_RIGHT = "right";
    QUIZ_WRONG = "Not quite. The reasons are under the answers.";
    JOB_FAILED = "A run could not be computed, and the mistake is ours.";
    SO_FAR = "{} of {} runs, about {} left";
    SO_MANY = "{} of {} runs";
    ATTEMPT = "Attempt {}.";
    RISING = "Rising: {}, from {} to {}.";
    FALLING = "Falling: {}, from {} to {}.";
    PASSED = "Passed.";
    KEPT_NOWHERE = "This browser keeps nothing for this site, perhaps because the window is private. What you do here is forgotten when you leave the page.";
    KEPT_NEWER = "Your record was written by a newer version of this site, and is left as it is. Reload the page to get that version; until then nothing is added to it.";
    KEPT_FULL = "There is no room left to keep what you do. Free some space on this device, or export your record and delete it.";
    KEPT_FAILED = "What you do here can't be kept at the moment; the browser's console says why.";
    FAILED = "Not yet.";
    JUDGED = "{} of {} runs met the goal.";
    JUDGED_NONE = "None of the first {} runs met the goal.";
    JUDGED_FAILED = "Only {} of the first {} runs met the goal; 95 % must.";
    JUDGED_OTHERS = "The figure has other settings than were judged:";
    COSTS = "It costs {}; the budget is {}.";
    TOO_DEAR = "It costs {}, and the budget is {}.";
    FAILED_BY = "By the end of the first run that failed: {} ";
    SHOWS_AT = "It shows at {}. ";
    LOWEST_TO_HIGHEST = "lowest to highest";
    RUNS = "runs";
    COMPARED_WITH = "Compared with";
    DIFFERS_AB = "A: {} · B: {}";
    OF_B = " · B";
    OF_B_FIRST = "B: ";
    IN_A = "In A";
    FIRST_ROWS = "{}, the first {} of {}";
    IN_B = "In B";
    SAYS_AB = "A: {} B: {}";
    AGAINST = "B: {}";
    AGAINST_BY = "B: {} ({}{})";
    BEHIND = "Behind {}, {} at {}";
    TOOK = "took {}";
    NOBODY_BEHIND = "Nothing, at this moment.";
    OF_FIRST_RUN = "From the run the page opened with; the figure shows another now.";
}

#[cfg(test)]
mod tests {
    #[test]
    fn places_are_filled_in_order() {
        assert_eq!(super::fill("{} of {}", &["3", "{}"]), "3 of {}");
        assert_eq!(super::fill("{}{}", &["a"]), "a");
    }
}
