using Microsoft.Win32.SafeHandles;
using TacHost.CommandLine;
using TacHost.Native;
using TacHost.Telnet.Sessions;

namespace TacHost.Prompts;

/// <summary>Reads lines from the terminal, with the keys of the telnet prompt: cursor keys, history, and Ctrl-A, E, K, U, W and L.</summary>
internal sealed class TerminalLines : IDisposable
{
    private const int StandardInput = 0;
    private const byte CtrlC = 3;

    private readonly FileStream _input = new(new SafeFileHandle(StandardInput, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    private readonly LineEditor _editor = new(Terminal.Write);
    private readonly byte[] _typed = new byte[1024];
    private int _next;
    private int _end;

    /// <summary>Reads a line. What was typed beyond its end is for the next one.</summary>
    /// <param name="prompt">The text before the line.</param>
    /// <param name="line">The line, or null after Ctrl-D and at the end of the terminal.</param>
    /// <returns>False after Ctrl-C.</returns>
    public bool TryRead(string prompt, out string? line)
    {
        using TerminalMode mode = new(_editor.Redraw);
        _editor.Begin(prompt);
        line = null;
        while (NextKey() is { } key)
        {
            if (key == CtrlC)
            {
                Terminal.Write("^C\n");
                return false;
            }

            switch (_editor.Take(key))
            {
                case Edited.Entered:
                    _editor.Remember(line = _editor.Line);
                    return true;
                case Edited.Complete:
                    _editor.Insert("    ");
                    break;
                case Edited.Ended:
                    return true;
            }
        }

        return true;
    }

    public void Dispose() => _input.Dispose();

    private byte? NextKey()
    {
        if (_next == _end)
            (_next, _end) = (0, _input.Read(_typed));
        return _next < _end ? _typed[_next++] : null;
    }
}
