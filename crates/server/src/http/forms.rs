//! Forms: `application/x-www-form-urlencoded` bodies read into structs, with an error that says what is wrong.

use super::error::Failure;
use axum::extract::{FromRequest, Request};
use hardwon_core::Error;
use serde::de::DeserializeOwned;

/// A form's values. Text arrives with the line ends of the web (CR LF) and leaves with those of documents (LF).
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let axum::extract::RawForm(bytes) = axum::extract::RawForm::from_request(request, state)
            .await
            .map_err(|rejection| Error::invalid("form", rejection.body_text()))?;
        let pairs: Vec<(String, String)> =
            serde_html_form::from_bytes(&bytes).map_err(|error| {
                Error::invalid("form", format!("This form cannot be read: {error}."))
            })?;
        let pairs: Vec<(String, String)> = pairs
            .into_iter()
            .map(|(name, value)| (name, value.replace("\r\n", "\n")))
            .collect();
        let text = serde_html_form::to_string(&pairs).map_err(Error::bug)?;
        let values = serde_html_form::from_str(&text).map_err(|error| {
            Error::invalid("form", format!("This form is incomplete: {error}."))
        })?;
        Ok(Self(values))
    }
}
