using System.Text;
using TacHost.Services;

namespace TacHost.Processes.ProcMon;

/// <summary>Splits the output of a program into lines. Long lines are split, so that a program without line ends cannot exhaust the memory.</summary>
/// <param name="longest">The maximum length of a line in characters. At least 2, so that every character fits, including a surrogate pair.</param>
/// <param name="take">Receives each line, without its end.</param>
internal sealed class LineSplitter(int longest, Action<string> take)
{
    private readonly int _longest = SettingRange.AtLeast(longest, 2, nameof(longest));
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();

    /// <summary>Appends output, which may be split anywhere. Invalid UTF-8 becomes the replacement character.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Span<char> chars = stackalloc char[256];
        while (true)
        {
            _decoder.Convert(bytes, chars, flush: false, out var read, out var made, out _);
            Split(chars[..made]);
            bytes = bytes[read..];
            if (bytes.IsEmpty)
                return;
        }
    }

    /// <summary>Completes the output and emits the last line.</summary>
    public void Complete()
    {
        Span<char> chars = stackalloc char[4];
        _decoder.Convert([], chars, flush: true, out _, out var made, out _);
        Split(chars[..made]);
        if (_line.Length > 0)
            End();
    }

    private void Split(ReadOnlySpan<char> chars)
    {
        while (!chars.IsEmpty)
        {
            var end = chars.IndexOf('\n');
            var part = end < 0 ? chars : chars[..end];
            while (_line.Length + part.Length > _longest)
            {
                var room = _longest - _line.Length;

                // Do not split a surrogate pair.
                if (room > 0 && char.IsHighSurrogate(part[room - 1]))
                    room--;
                _line.Append(part[..room]);
                part = part[room..];
                End();
            }

            _line.Append(part);
            if (end < 0)
                return;
            End();
            chars = chars[(end + 1)..];
        }
    }

    private void End()
    {
        if (_line.Length > 0 && _line[^1] == '\r')
            _line.Length--;
        take(_line.ToString());
        _line.Clear();
    }
}
