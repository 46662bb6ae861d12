namespace TacHost.Dns.Zones;

/// <summary>A logical line of a zone file, which may span several physical lines within parentheses.</summary>
/// <param name="Number">The number of its first physical line.</param>
/// <param name="IsIndented">True if the line begins with a blank, and therefore belongs to the previous owner name.</param>
/// <param name="Words">The words, without quotation marks. Escape sequences are not decoded.</param>
internal sealed record ZoneLine(int Number, bool IsIndented, IReadOnlyList<ZoneWord> Words);
