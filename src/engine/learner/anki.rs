//! Cards as a text file that Anki imports: its own header lines, then one line a card with tabs between the fields
//! (Anki manual, 'Importing', 'Text files'). The first field is the card's id, so that a second import changes a card rather than doubling
//! it.

use super::CardId;

/// A card with its text as HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnkiNote {
    /// Its id.
    pub id: CardId,
    /// The question, as HTML.
    pub front: String,
    /// The answer, as HTML.
    pub back: String,
}

/// The file.
pub fn to_anki(notes: &[AnkiNote]) -> String {
    let mut file = String::from(
        "#separator:tab\n#html:true\n#guid column:1\n#notetype:Basic\n#deck:Backend Playground\n#tags column:4\n",
    );
    for AnkiNote { id, front, back } in notes {
        let tag = id.lesson().replace('/', "::");
        file.push_str(&[id.as_str(), &field(front), &field(back), &tag].join("\t"));
        file.push('\n');
    }
    file
}

/// A field: quoted, as it may hold tabs and line ends.
fn field(html: &str) -> String {
    ["\"", &html.replace('"', "\"\""), "\""].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_line_with_four_fields() {
        let note = AnkiNote {
            id: CardId::new("a/b", "c"),
            front: "Why <em>\"p99\"</em>?".to_owned(),
            back: "Because\tof tails".to_owned(),
        };
        let file = to_anki(&[note]);
        let line = file.lines().last().expect("a line");
        assert_eq!(line, "a/b#c\t\"Why <em>\"\"p99\"\"</em>?\"\t\"Because\tof tails\"\ta::b");
        assert!(file.starts_with("#separator:tab\n#html:true\n"));
    }
}
