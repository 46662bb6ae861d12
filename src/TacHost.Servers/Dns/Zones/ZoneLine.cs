namespace TacHost.Servers.Dns.Zones;

/// <summary>What stands between two ends of line of a zone file that are not in parentheses.</summary>
/// <param name="Number">The line on which it begins.</param>
/// <param name="IsIndented">Whether it begins with blanks, and so is about the name before.</param>
/// <param name="Words">Its words, with escapes as they are, without quotation marks.</param>
internal sealed record ZoneLine(int Number, bool IsIndented, IReadOnlyList<ZoneWord> Words);
