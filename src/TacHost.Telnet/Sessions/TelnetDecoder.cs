namespace TacHost.Telnet.Sessions;

/// <summary>A decoder for the TELNET protocol (RFC 854). Removes commands from the received data and answers them.</summary>
/// <remarks>Option negotiation follows RFC 1143 without the queue. An unwanted option is refused once.</remarks>
/// <param name="reply">Sends bytes to the client.</param>
internal sealed class TelnetDecoder(Action<byte[]> reply)
{
    private const byte Iac = 255, Dont = 254, Do = 253, Wont = 252, Will = 251, Sb = 250, AreYouThere = 246, InterruptProcess = 244, Break = 243, Se = 240;
    private const byte Echo = 1, SuppressGoAhead = 3, TerminalType = 24, WindowSize = 31;
    private const int LongestSubnegotiation = 256;

    private readonly List<byte> _sub = [];
    private readonly byte?[] _refused = new byte?[256 * 2];
    private State _state;
    private byte _command;

    private enum State
    {
        Data,
        Command,
        Option,
        Subnegotiation,
        SubnegotiationCommand,
    }

    /// <summary>Gets the number of columns of the client's terminal.</summary>
    public int Width { get; private set; } = 80;

    /// <summary>Gets the terminal type that the client reported, or null.</summary>
    public string? Terminal { get; private set; }

    /// <summary>Starts the negotiation: offers ECHO and SUPPRESS-GO-AHEAD, and requests the window size and the terminal type.</summary>
    public void Begin() => reply([Iac, Will, Echo, Iac, Will, SuppressGoAhead, Iac, Do, SuppressGoAhead, Iac, Do, WindowSize, Iac, Do, TerminalType]);

    /// <summary>Processes one byte.</summary>
    /// <returns>The data byte, or -1 if the byte is part of a command. A break or an interrupt is returned as Ctrl-C.</returns>
    public int Take(byte value)
    {
        switch (_state)
        {
            case State.Data when value == Iac:
                _state = State.Command;
                return -1;
            case State.Data:
                return value;
            case State.Command:
                return TakeCommand(value);
            case State.Option:
                _state = State.Data;
                Answer(_command, value);
                return -1;
            case State.Subnegotiation when value == Iac:
                _state = State.SubnegotiationCommand;
                return -1;
            case State.SubnegotiationCommand when value == Se:
                _state = State.Data;
                EndSubnegotiation();
                return -1;
            default:
                // IAC IAC is the byte itself. Bytes beyond the maximum length are dropped.
                _state = State.Subnegotiation;
                if (_sub.Count < LongestSubnegotiation)
                    _sub.Add(value);
                return -1;
        }
    }

    private int TakeCommand(byte value)
    {
        _state = State.Data;
        switch (value)
        {
            case Iac:
                return Iac;
            case Do or Dont or Will or Wont:
                _command = value;
                _state = State.Option;
                return -1;
            case Sb:
                _sub.Clear();
                _state = State.Subnegotiation;
                return -1;
            case AreYouThere:
                reply("\r\n[yes]\r\n"u8.ToArray());
                return -1;
            case InterruptProcess or Break:
                return 3;
            default:
                return -1;
        }
    }

    private void Answer(byte command, byte option)
    {
        switch (command, option)
        {
            case (Do or Dont, Echo or SuppressGoAhead):
            case (Will or Wont, SuppressGoAhead or WindowSize):
            case (Wont, TerminalType):
                break;
            case (Will, TerminalType):
                if (_refused[TerminalType] is null)
                    reply([Iac, Sb, TerminalType, 1, Iac, Se]);
                _refused[TerminalType] = 1;
                break;
            case (Do, _):
                Refuse(Wont, option, option);
                break;
            case (Will, _):
                Refuse(Dont, option, 256 + option);
                break;
        }
    }

    /// <summary>Refuses an option, but only once, because answering each repetition can cause an endless negotiation.</summary>
    private void Refuse(byte answer, byte option, int index)
    {
        if (_refused[index] is not null)
            return;
        _refused[index] = answer;
        reply([Iac, answer, option]);
    }

    private void EndSubnegotiation()
    {
        if (_sub is [WindowSize, var high, var low, _, _] && ((high << 8) | low) is > 0 and var width)
            Width = width;
        else if (_sub is [TerminalType, 0, ..])
            Terminal = string.Concat(_sub.Skip(2).Take(40).Select(value => (char)value).Where(char.IsAsciiLetterOrDigit));
        _sub.Clear();
    }
}
