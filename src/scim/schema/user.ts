import { binary, complex, flag, instant, plural, reference, text } from "./attribute.ts";
import type { Attribute } from "./attribute.ts";
import type { ResourceType, Schema } from "./registry.ts";
import { defineResourceType } from "./registry.ts";

/** Longest value of an attribute that has an index. */
const maxIndexedLength = 512;

/** @see RFC 7643 section 3.1 */
const commonAttributes: readonly Attribute[] = [
  text("id", "Our identifier of the resource.", {
    caseExact: true,
    mutability: "readOnly",
    returned: "always",
    uniqueness: "server",
  }),
  text("externalId", "The client's identifier of the resource.", { caseExact: true, maxLength: maxIndexedLength }),
  complex(
    "meta",
    "What the server knows about the resource.",
    [
      text("resourceType", "The name of the resource type.", { caseExact: true, mutability: "readOnly" }),
      instant("created", "When the resource was added.", { mutability: "readOnly" }),
      instant("lastModified", "When the resource last changed.", { mutability: "readOnly" }),
      reference("location", "The address of the resource.", ["uri"], { mutability: "readOnly" }),
      text("version", "The entity tag of the resource.", { caseExact: true, mutability: "readOnly" }),
    ],
    { mutability: "readOnly" },
  ),
  reference("schemas", "The schemas the resource uses.", ["uri"], {
    multiValued: true,
    mutability: "readOnly",
    returned: "always",
  }),
];

const userSchema: Schema = {
  id: "urn:ietf:params:scim:schemas:core:2.0:User",
  name: "User",
  description: "User Account",
  attributes: [
    text("userName", "The name the person signs in with; unique within a source.", {
      required: true,
      uniqueness: "server",
      maxLength: maxIndexedLength,
    }),
    complex("name", "The parts of the person's name.", [
      text("formatted", "The full name, ready for display."),
      text("familyName", "The family name."),
      text("givenName", "The given name."),
      text("middleName", "The middle name."),
      text("honorificPrefix", "Titles before the name."),
      text("honorificSuffix", "Suffixes after the name."),
    ]),
    text("displayName", "The name suitable for display."),
    text("nickName", "The casual name."),
    reference("profileUrl", "The address of the person's online profile.", ["external"]),
    text("title", "The title, as in “Vice President”."),
    text("userType", "The relation to the organization, as in “Contractor”."),
    text("preferredLanguage", "The preferred language, as in an Accept-Language header."),
    text("locale", "The location used for dates and currencies."),
    text("timezone", "The time zone, in the IANA form."),
    flag("active", "Whether the person is with the organization. False starts an offboarding."),
    text("password", "Accepted and thrown away: people do not sign in here.", {
      mutability: "writeOnly",
      returned: "never",
      caseExact: true,
    }),
    plural("emails", "E-mail addresses.", text("value", "The address.", { maxLength: maxIndexedLength }), [
      "work",
      "home",
      "other",
    ]),
    plural("phoneNumbers", "Telephone numbers.", text("value", "The number."), [
      "work",
      "home",
      "mobile",
      "fax",
      "pager",
      "other",
    ]),
    plural("ims", "Instant messaging addresses.", text("value", "The address.")),
    plural("photos", "Pictures.", reference("value", "The address of the picture.", ["external"]), [
      "photo",
      "thumbnail",
    ]),
    complex(
      "addresses",
      "Postal addresses.",
      [
        text("formatted", "The full address, ready for display."),
        text("streetAddress", "Street, house number, P.O. box."),
        text("locality", "The city."),
        text("region", "The state or region."),
        text("postalCode", "The postal code."),
        text("country", "The country, ISO 3166-1 alpha-2."),
        text("type", "A label for the address.", { canonicalValues: ["work", "home", "other"] }),
        flag("primary", "Whether this is the preferred address; true for one at most."),
      ],
      { multiValued: true },
    ),
    complex(
      "groups",
      "The groups the person belongs to; changed at the group.",
      [
        text("value", "The identifier of the group.", { mutability: "readOnly" }),
        reference("$ref", "The address of the group.", ["Group"], { mutability: "readOnly" }),
        text("display", "The name of the group.", { mutability: "readOnly" }),
        text("type", "Direct or indirect.", { mutability: "readOnly", canonicalValues: ["direct", "indirect"] }),
      ],
      { multiValued: true, mutability: "readOnly" },
    ),
    plural("entitlements", "Entitlements.", text("value", "The entitlement.")),
    plural("roles", "Roles.", text("value", "The role.")),
    plural("x509Certificates", "Certificates.", binary("value", "DER, in base64.")),
  ],
};

const enterpriseUserSchema: Schema = {
  id: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
  name: "EnterpriseUser",
  description: "Enterprise User",
  attributes: [
    text("employeeNumber", "The number the organization gave the person."),
    text("costCenter", "The cost center."),
    text("organization", "The organization."),
    text("division", "The division."),
    text("department", "The department."),
    complex("manager", "The person's manager.", [
      text("value", "The identifier of the manager.", { caseExact: true }),
      reference("$ref", "The address of the manager.", ["User"]),
      text("displayName", "The manager's name.", { mutability: "readOnly" }),
    ]),
  ],
};

/** `/Users` as this server has it. @see RFC 7643 sections 4.1 and 4.3 */
export const userType: ResourceType = defineResourceType({
  name: "User",
  endpoint: "/Users",
  description: "User Account",
  schema: userSchema,
  extensions: [enterpriseUserSchema],
  commonAttributes,
});
