use super::first_words;

#[test]
fn a_thread_without_a_title_is_called_by_its_first_words() {
    let check = |body: &str, title: &str| assert_eq!(first_words(body), title, "{body:?}");
    check("Why *each night*?", "Why each night?");
    check("\n\n# Costs\n\nmore", "Costs");
    check("", "Untitled");
    let long = first_words(&"word ".repeat(40));
    assert!(long.chars().count() <= 80, "{long}");
    assert!(long.ends_with("word…"), "{long}");
    assert_eq!(first_words(&"x".repeat(300)).chars().count(), 79);
}
