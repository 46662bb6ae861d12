using System.Globalization;
using System.Text;

namespace TacHost.Tests.Reloading;

/// <summary>A tac file that is changed at random: services of the tac's own class and of a library's, alone and in groups, which share services, lists and variables; and servers by TCP, UDP and UNIX sockets.</summary>
internal sealed class RandomTac
{
    private readonly Random _random;
    private readonly List<Item> _items = [];
    private readonly int[] _numbers = [1, 1, 1];
    private readonly int[] _ports = [.. Enumerable.Range(0, 3).Select(_ => UnusedPort.Next())];
    private int _nextName;

    public RandomTac(Random random, string directory)
    {
        (_random, Directory) = (random, directory);
        for (var i = 0; i < 6; i++)
            _items.Add(Make());
    }

    /// <summary>Gets the names of the sockets that a fresh start would bind.</summary>
    public IEnumerable<string> Sockets => _items.SelectMany<Item, string>((item, index) => item.Kind switch
    {
        Kind.Tcp => [$"tcp:127.0.0.1:{PortOf(index)}"],
        Kind.Udp => [$"udp:127.0.0.1:{PortOf(index)}"],
        Kind.Unix => [$"unix:{Directory}/{item.Value % 3}{item.Name}"],
        _ => [],
    });

    /// <summary>Gets the directory of the sockets with a path.</summary>
    public string Directory { get; }

    /// <summary>Gets the ports that it may use.</summary>
    public IReadOnlyList<int> Ports => _ports;

    /// <summary>Makes one to three changes.</summary>
    public void Edit()
    {
        for (var left = _random.Next(1, 4); left > 0; left--)
        {
            var at = _random.Next(_items.Count);
            switch (_random.Next(8))
            {
                case 0:
                    _items.Insert(at, Make());
                    break;
                case 1 when _items.Count > 2:
                    _items.RemoveAt(at);
                    break;
                case 2:
                    (_items[at], _items[0]) = (_items[0], _items[at]);
                    break;
                case 3:
                    _numbers[_random.Next(_numbers.Length)]++;
                    break;
                case 4:
                    _items[at] = _items[at] with { Uses = _random.Next(-1, 4) };
                    break;
                case 5:
                    _items[at] = _items[at] with { Comment = _items[at].Comment + 1 };
                    break;
                default:
                    _items[at] = _items[at] with { Value = _items[at].Value + 1 };
                    break;
            }
        }
    }

    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine("class Datagrams : DatagramProtocol;");
        text.AppendLine("var shared0 = new List<int>(); var shared1 = new object(); var written = 0;");
        for (var i = 0; i < _numbers.Length; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"var number{i} = {_numbers[i]};");
        text.AppendLine("MultiService group = null; IService last = null; int F(int x) => x + number2;");
        for (var i = 0; i < _items.Count; i++)
            Append(text, _items[i], PortOf(i));
        return text.ToString();
    }

    /// <summary>Returns the port of a server: each of the ports belongs to the first server of a kind that asks for it, and others have any.</summary>
    private int PortOf(int index)
    {
        var port = _items[index].Value % (_ports.Length + 1);
        return port == _ports.Length || _items.Take(index).Any(other => other.Kind == _items[index].Kind && other.Value % (_ports.Length + 1) == port) ? 0 : _ports[port];
    }

    private void Append(StringBuilder text, Item item, int port)
    {
        for (var i = 0; i < item.Comment; i++)
            text.AppendLine("// a comment");
        var uses = item.Uses switch { 0 => "shared0", 1 => "shared1", 2 => "last", 3 => "(Func<int>)(() => F(number0))", _ => "null" };
        var make = item.Kind switch
        {
            Kind.Own => $"new Rec(events, \"{item.Name}-{item.Value}\", {uses})",
            Kind.Holder => $"new Holder(new object[] {{ {item.Value}, {uses} }})",
            Kind.Timer => $"Timer(() => Console.Write(shared0.Count + number1 + {item.Value}))",
            Kind.Writer => $"Timer(() => written += {item.Value})",
            Kind.Tcp => $"new TcpServer({port}, new EchoFactory(), \"127.0.0.1\")",
            Kind.Udp => $"new UdpServer({port}, new Datagrams(), \"127.0.0.1\")",
            Kind.Unix => $"new UnixServer(\"{Directory}/{item.Value % 3}{item.Name}\", new EchoFactory())",
            _ => "new MultiService()",
        };
        text.AppendLine(CultureInfo.InvariantCulture, $"{{ var s = {make}; {(item.IsNamed ? $"s.SetName(\"{item.Name}\"); " : "")}");
        text.AppendLine(item.InGroup && item.Kind != Kind.Group ? "if (group != null) group.AddService(s); else application.AddService(s);" : "application.AddService(s);");
        text.AppendLine(item.Kind == Kind.Group ? "group = s; }" : "last = s; }");
    }

    private Item Make() => new((Kind)_random.Next(8), $"s{_nextName++}", _random.Next(2) == 0, _random.Next(3) == 0, _random.Next(3), _random.Next(-1, 4), 0);

    private enum Kind
    {
        Own,
        Holder,
        Timer,
        Writer,
        Tcp,
        Udp,
        Unix,
        Group,
    }

    private sealed record Item(Kind Kind, string Name, bool IsNamed, bool InGroup, int Value, int Uses, int Comment);
}
