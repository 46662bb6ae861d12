namespace TacHost.Servers.Dns.Zones;

/// <summary>A word of a zone file. One in quotation marks stands for nothing but itself.</summary>
/// <param name="Text">The word, with escapes as they are, without quotation marks.</param>
/// <param name="IsQuoted">Whether the word stands in quotation marks.</param>
/// <param name="IsJoined">Whether nothing separates the word from the word before, as in <c>alpn="h2"</c>.</param>
internal readonly record struct ZoneWord(string Text, bool IsQuoted, bool IsJoined = false);
