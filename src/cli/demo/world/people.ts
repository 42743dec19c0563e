/** Everybody here is invented; example.com belongs to nobody. */
export const leaver = {
  externalId: "00u1demo0001",
  userName: "robin.sample@example.com",
  givenName: "Robin",
  familyName: "Sample",
};
export const bystander = {
  externalId: "00u1demo0002",
  userName: "robin.sample2@example.com",
  givenName: "Robin",
  familyName: "Sample",
};

/** What somebody is called where no address can be: before its @, with `-` where a dot may not be. */
export const localName = ({ userName }: { userName: string }): string => userName.split("@")[0] ?? userName;
export const loginName = (person: { userName: string }): string => localName(person).replace(".", "-");
