//! What an element of the page does when it is pressed, moved or typed in: one table of names.
//!
//! The names stand in the markup (`data-do`), so they are permanent only within a build. A name that isn't in the table is
//! a mistake of ours: the page reports it on the console, where the tests look, and a test reads the markup of every page.

use serde::{Deserialize, Serialize};

macro_rules! action_kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// What an element does: its `data-do`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum ActionKind {
            $($(#[$doc])* $variant,)*
        }

        impl ActionKind {
            /// Every kind of action.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in the markup.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The kind of action of this name, if there is one.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

action_kinds! {
    // Time.
    /// Plays, or pauses.
    Play = "play";
    /// Goes one step back.
    StepBack = "back";
    /// Goes one step on.
    StepForward = "on";
    /// Goes to a moment: `number`, in nanoseconds.
    Seek = "seek";
    /// The time line's slider was moved: to the place `number`.
    MoveTimeLine = "line";
    /// A key was pressed on the time line: `text`.
    TimeLineKey = "line-key";
    /// Another speed was chosen: `text`.
    Speed = "speed";

    // The run.
    /// Searches for the shortest way to a state that must never be.
    Search = "search";
    /// A control was moved: `target`, the control; `variant`, the type of its field; `number`, a slider's place; `text`, what was
    /// typed or chosen.
    SetControl = "control";
    /// A thing of a control is put somewhere: `target`, the control; `variant`, the thing; of an order, `text` says `up` or
    /// `down` or else `number` the place, from zero; of an assignment, `text` is the group.
    Place = "place";
    /// A number of the text is taken hold of: `target`, its control.
    HoldNumber = "hold";
    /// It is dragged: `number`, steps from where it was taken hold of.
    DragNumber = "drag";
    /// It is let go of, or a slider is: what was moved is one change.
    LetGo = "let-go";
    /// It is moved by the key `text`.
    NudgeNumber = "nudge";
    /// A phrase of the text takes the figure somewhere: `text`, settings; `number`, a moment in nanoseconds, or less than
    /// nothing for the moment shown.
    GoTo = "go";
    /// Something is done to an entity: `target`, the entity; `variant`, the action; `text`, its argument.
    Act = "act";
    /// The same to whatever links a line across the picture crosses: `variant`, the action; `text`, the line's points.
    DrawAcross = "draw-across";
    /// The last change is taken back.
    TakeBack = "take-back";
    /// Another seed was typed: `text`.
    SetSeed = "seed";
    /// Another seed is drawn: the page sends it as `number`.
    Reshuffle = "reshuffle";
    /// Back to the run that the page opened with.
    Reset = "reset";
    /// Shows a run at a moment: `text`, its code.
    OpenView = "view";
    /// Opens what was in a file: `text`.
    OpenRun = "open-run";
    /// Offers the run as a file.
    SaveRun = "save";
    /// Lets the learner choose a file with a run. Done by the page.
    ChooseRunFile = "open";

    // The picture.
    /// Selects an entity: `target`.
    Select = "select";
    /// Selects what is at `point`.
    Point = "point";
    /// The pointer is at `point`.
    Hover = "hover";
    /// The key `text` leads from entity to entity.
    Walk = "walk";
    /// Begins to choose the entities that an action takes: `target`, whom it is done to; `variant`, the action. While that
    /// goes on, selecting an entity chooses it or lets it go.
    Choose = "choose";
    /// Does the action with what was chosen.
    Chosen = "chosen";
    /// Ends the selection, or the choice.
    CloseExplanation = "close";
    /// The tables were opened, or closed where `number` is zero.
    Tables = "tables";
    /// Lists the entities that a reading comes from: `target`, the reading.
    Contributors = "behind";
    /// Offers the picture as a file: `variant`, its format.
    SavePicture = "picture";
    /// Offers the readings as a file.
    SaveNumbers = "numbers";

    // Beside the caption.
    /// Opens the drawer `target`, and closes the others.
    Drawer = "drawer";
    /// Copies the link.
    CopyLink = "copy-link";
    /// Copies the seed.
    CopySeed = "copy-seed";
    /// Closes the notice.
    CloseNotice = "close-notice";
    /// Begins a comparison, or ends it.
    Compare = "compare";
    /// Exchanges the two settings that are compared.
    Swap = "swap";
    /// Which setting the controls move: `text`.
    Side = "side";
    /// Sweeps a control: `text`, what the drawer's fields hold.
    Sweep = "sweep";
    /// Ends a sweep or a judgement that is under way.
    CallOff = "call-off";
    /// Starts the model again. Done by the page.
    TryAgain = "try-again";
    /// Loads the page again. Done by the page.
    Reload = "reload";
    /// Opens the sheet with the controls on a phone, or closes it. Done by the page.
    Sheet = "sheet";

    // Activities.
    /// Commits a prediction: `target`, its id; `text`, the answer.
    Commit = "commit";
    /// Skips a prediction: `target`, its id.
    Skip = "skip";
    /// Sets the figure up for a challenge: `target`, its id.
    SetUp = "set-up";
    /// Has the present setting judged: `target`, the challenge.
    Judge = "judge";
    /// Moves a thing one place up its list. Done by the page.
    MoveUp = "up";
    /// Moves a thing one place down its list. Done by the page.
    MoveDown = "down";
    /// Checks the answer to a question. Done by the page, which tells the desk if it is about an incident: `target`, its id.
    Check = "check";
    /// Lets a question be answered again. Done by the page, which tells the desk if it is a prediction: `target`, its id.
    AnswerAgain = "again";
    /// Says how the answer `text` to the prediction `target` is understood.
    Understand = "understand";
    /// Shows a figure's question again, or puts it away. Done by the page.
    Question = "question";
    /// Puts a figure that has come along back into its place. Done by the page.
    Undock = "undock";
    /// Takes the reader back to the text that a figure was reached from. Done by the page.
    BackToText = "back-to-text";
}

#[cfg(test)]
mod tests {
    use super::ActionKind;

    #[test]
    fn every_command_is_found_by_its_name_and_no_other_name_is() {
        for kind in ActionKind::ALL {
            assert_eq!(ActionKind::parse(kind.name()), Some(*kind));
        }
        for name in ["", "Play", "plays", "explode"] {
            assert_eq!(ActionKind::parse(name), None);
        }
    }
}
