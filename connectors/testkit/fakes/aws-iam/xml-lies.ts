/** A page that claims another one follows, with its items or without. */
export function endless(xml: string, marker: string, isFull: boolean): string {
  const truncated = `<IsTruncated>true</IsTruncated><Marker>${marker}</Marker>`;
  const paged = xml
    .replace(/<Marker>[^<]*<\/Marker>/, "")
    .replace(/<IsTruncated>(true|false)<\/IsTruncated>/, truncated);
  return isFull ? paged : paged.replace(/<member>[^]*<\/member>/, "");
}

/** Every user in it is said to be this one. */
export function naming(xml: string, userName: string): string {
  return xml.replace(/<UserName>[^<]*<\/UserName>/g, `<UserName>${userName}</UserName>`);
}

export const truncated = (xml: string): string => xml.slice(0, Math.floor(xml.length / 2));

/** Names of elements in capitals, dates in words, lists as texts. */
export function misshapen(xml: string): string {
  return xml
    .replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "the day before yesterday")
    .replace(/<(\/?)member>/g, "<$1MEMBER>")
    .replace(
      /<(\/?)(UserName|AccessKeyId|Status)>/g,
      (_, slash: string, name: string) => `<${slash}${name.toUpperCase()}>`,
    );
}
