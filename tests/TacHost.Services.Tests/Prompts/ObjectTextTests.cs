using TacHost.Services.Prompts;

namespace TacHost.Services.Tests.Prompts;

public sealed class ObjectTextTests
{
    private static readonly int[] _numbers = [1, 2];

    public static TheoryData<object?, string> Values => new()
    {
        { null, "null" },
        { 42, "42" },
        { 1.5, "1.5" },
        { -3L, "-3" },
        { true, "true" },
        { 'x', "'x'" },
        { "vio\"let\n\u001b\\", "\"vio\\\"let\\n\\u001b\\\\\"" },
        { DayOfWeek.Friday, "Friday" },
        { typeof(List<int>), "[System.Collections.Generic.List`1[System.Int32]]" },
        { _numbers, "int[2] { 1, 2 }" },
        { Array.Empty<string>(), "string[0] { }" },
        { new List<string?> { "a", null }, "List<string>(2) { \"a\", null }" },
        { new Dictionary<string, int[]> { ["a"] = [1] }, "Dictionary<string, int[]>(1) { { \"a\", int[1] { 1 } } }" },
        { new Uri("http://localhost/"), "[http://localhost/]" },
        { (1, "b"), "[(1, b)]" },
        { new { A = 1 }, "{ A = 1 }" },
        { new Pair(), "Pair { Broken=!<InvalidOperationException>, Name=\"b\", Size=1 }" },
        { new ThrowingText(), "!<NotSupportedException>" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Of_Value_IsWrittenAsInCSharp(object? value, string expected) => Assert.Equal(expected, ObjectText.Of(value, 1000));

    [Fact]
    public void Of_EndlessOrCyclicValue_Ends()
    {
        Assert.InRange(ObjectText.Of(Endless(), 100).Length, 100, 200);
        List<object> cycle = [];
        cycle.Add(cycle);
        Assert.Equal("List<object>(1) { List<object>(1) { List<object>(1) { List<object>(1) { List<object>(1) { ... } } } } }", ObjectText.Of(cycle, 1000));
    }

    private static IEnumerable<int> Endless()
    {
        while (true)
            yield return 1;
    }

    private sealed class Pair
    {
        public int Size = 1;

        public string Name { get; } = "b";

        public string Broken => throw new InvalidOperationException(Name);
    }

    private sealed class ThrowingText
    {
        public override string ToString() => throw new NotSupportedException();
    }
}
