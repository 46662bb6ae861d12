using System.Text;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>Notes each netstring, and does what a test says with it.</summary>
public sealed class RecordingNetstrings : NetstringProtocol
{
    public RecordingNetstrings(int? maxLength = null)
    {
        if (maxLength is { } length)
            MaxLength = length;
    }

    public List<string> Events { get; } = [];

    public Action<RecordingNetstrings, string> WhenString { get; init; } = (_, _) => { };

    public new ITransport Transport => base.Transport;

    protected override void StringReceived(ReadOnlySpan<byte> text)
    {
        var received = Encoding.Latin1.GetString(text);
        Events.Add(received);
        WhenString(this, received);
    }

    protected override void NetstringBroken(string reason) => Events.Add($"broken, because {reason}");
}
