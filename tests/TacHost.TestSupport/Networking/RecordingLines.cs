using System.Text;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>Notes each line, and does what a test says with it.</summary>
public sealed class RecordingLines : LineProtocol
{
    public RecordingLines(string? delimiter = null, int? maxLength = null)
    {
        if (delimiter is not null)
            Delimiter = Encoding.Latin1.GetBytes(delimiter);
        if (maxLength is { } length)
            MaxLength = length;
    }

    public List<string> Events { get; } = [];

    public Action<RecordingLines, string> WhenLine { get; init; } = (_, _) => { };

    /// <summary>Says how much of raw data is raw; the rest begins with a line.</summary>
    public Func<byte[], int>? RawLength { get; init; }

    public bool GoesOnAfterLongLines { get; init; }

    public new ITransport Transport => base.Transport;

    public new void SetRawMode() => base.SetRawMode();

    protected override void LineReceived(ReadOnlySpan<byte> line)
    {
        var text = Encoding.Latin1.GetString(line);
        Events.Add($"line {text}");
        WhenLine(this, text);
    }

    protected override void RawDataReceived(ReadOnlySpan<byte> data)
    {
        var length = RawLength?.Invoke(data.ToArray()) ?? data.Length;
        Events.Add($"raw {Encoding.Latin1.GetString(data[..length])}");
        if (length < data.Length)
            SetLineMode(data[length..]);
    }

    protected override void LineLengthExceeded(ReadOnlySpan<byte> beginning)
    {
        Events.Add($"exceeded {Encoding.Latin1.GetString(beginning)}");
        if (!GoesOnAfterLongLines)
            base.LineLengthExceeded(beginning);
    }
}
