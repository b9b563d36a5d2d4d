//! One API key by its id.

use hookwire_store::StoreError;
use hookwire_types::{
    Credential, CredentialId, CredentialKind, Ksuid, Order, OrganizationId, Page, Side,
};

use crate::state::ApiState;

/// The organization's API key with this id, whether it has ended or not.
pub async fn find_key(
    state: &ApiState,
    organization: OrganizationId,
    id: CredentialId,
) -> Result<Option<Credential>, StoreError> {
    let (kind, page) = (CredentialKind::ApiKey, page_of(id));
    let found = state.store().credentials(organization, kind, page).await?;
    Ok(found.into_iter().find(|key| key.id == id))
}

/// The page that has a key alone, or whichever follows where it is not.
fn page_of(id: CredentialId) -> Page<CredentialId> {
    let mut before = *id.as_bytes();
    for byte in before.iter_mut().rev() {
        let (less, borrows) = byte.overflowing_sub(1);
        *byte = less;
        if !borrows {
            break;
        }
    }
    Page {
        limit: 1,
        order: Order::Ascending,
        cursor: Some((Side::After, Ksuid::from_bytes(before).into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_page_of_a_key_begins_just_before_it(bytes: [u8; 19], last in 1u8..) {
            let mut id = [last; 20];
            id[..19].copy_from_slice(&bytes);
            let id = CredentialId::from(Ksuid::from_bytes(id));
            let Some((Side::After, before)) = page_of(id).cursor else {
                panic!("it begins after something");
            };
            prop_assert!(before < id);
            prop_assert_eq!(before.as_bytes()[..19].to_vec(), bytes.to_vec());
            prop_assert_eq!(before.as_bytes()[19], last - 1);
        }
    }
}
