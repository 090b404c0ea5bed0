//! Enumerations whose values are words: the same word in the database, in JSON, in forms and in addresses.

/// An enumeration whose values are words, for code that describes any of them.
pub trait Word {
    fn words() -> Vec<&'static str>;
}

/// Declares an enum together with its words, their parsing, and their storage.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::word::Word for $name {
            fn words() -> Vec<&'static str> {
                Self::ALL.iter().map(|word| word.as_str()).collect()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl hardwon_db::ToValue for $name {
            fn to_value(&self) -> hardwon_db::ValueRef<'_> {
                hardwon_db::ValueRef::text(self.as_str())
            }
        }

        impl hardwon_db::FromValue for $name {
            fn from_value(value: hardwon_db::ValueRef<'_>) -> Result<Self, hardwon_db::Error> {
                let word = <String as hardwon_db::FromValue>::from_value(value)?;
                Self::parse(&word).ok_or_else(|| hardwon_db::Error::unreadable(format!(concat!("{} is no ", stringify!($name)), word)))
            }
        }
    };
}
