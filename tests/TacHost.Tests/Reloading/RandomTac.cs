using System.Globalization;
using System.Text;

namespace TacHost.Tests.Reloading;

/// <summary>A tac file that is changed at random: services of the tac's own class and of a library's, alone and in groups, which share services, lists and variables.</summary>
internal sealed class RandomTac
{
    private readonly Random _random;
    private readonly List<Item> _items = [];
    private readonly int[] _numbers = [1, 1, 1];
    private int _nextName;

    public RandomTac(Random random)
    {
        _random = random;
        for (var i = 0; i < 6; i++)
            _items.Add(Make());
    }

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
        text.AppendLine("var shared0 = new List<int>(); var shared1 = new object(); var written = 0;");
        for (var i = 0; i < _numbers.Length; i++)
            text.AppendLine(CultureInfo.InvariantCulture, $"var number{i} = {_numbers[i]};");
        text.AppendLine("MultiService group = null; IService last = null; int F(int x) => x + number2;");
        foreach (var item in _items)
            Append(text, item);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Item item)
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
            _ => "new MultiService()",
        };
        text.AppendLine(CultureInfo.InvariantCulture, $"{{ var s = {make}; {(item.IsNamed ? $"s.SetName(\"{item.Name}\"); " : "")}");
        text.AppendLine(item.InGroup && item.Kind != Kind.Group ? "if (group != null) group.AddService(s); else application.AddService(s);" : "application.AddService(s);");
        text.AppendLine(item.Kind == Kind.Group ? "group = s; }" : "last = s; }");
    }

    private Item Make() => new((Kind)_random.Next(5), $"s{_nextName++}", _random.Next(2) == 0, _random.Next(3) == 0, _random.Next(3), _random.Next(-1, 4), 0);

    private enum Kind
    {
        Own,
        Holder,
        Timer,
        Writer,
        Group,
    }

    private sealed record Item(Kind Kind, string Name, bool IsNamed, bool InGroup, int Value, int Uses, int Comment);
}
