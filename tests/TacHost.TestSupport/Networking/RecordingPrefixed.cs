using System.Text;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>Notes each string with a length in front.</summary>
public sealed class RecordingPrefixed : LengthPrefixedProtocol
{
    public RecordingPrefixed(LengthPrefix prefix, int? maxLength = null)
        : base(prefix)
    {
        if (maxLength is { } length)
            MaxLength = length;
    }

    public List<string> Events { get; } = [];

    protected override void StringReceived(ReadOnlySpan<byte> text) => Events.Add(Encoding.Latin1.GetString(text));

    protected override void LengthLimitExceeded(long length) => Events.Add($"{length} is too long");
}
