use super::compose::below;

#[test]
fn headings_of_notes_stand_below_the_section() {
    for (text, nested) in [
        ("# Ledger\n\nwords", "### Ledger\n\nwords"),
        ("##### deep", "###### deep"),
        ("#7 is not a heading", "#7 is not a heading"),
        ("```\n# shell\n```\n# after", "```\n# shell\n```\n### after"),
        ("~~~\n```\n# code\n~~~", "~~~\n```\n# code\n~~~"),
    ] {
        assert_eq!(below(text), nested);
    }
}
