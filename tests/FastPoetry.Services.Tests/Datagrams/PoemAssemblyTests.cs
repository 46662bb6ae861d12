using CsCheck;
using FastPoetry.Services.Datagrams;

namespace FastPoetry.Services.Tests.Datagrams;

public sealed class PoemAssemblyTests
{
    [Fact]
    public void Add_AnyPiecesInAnyOrder_IsWholeOnceEveryByteIsThere() =>
        Gen.Select(Gen.Byte.Array[1, 60], Gen.Select(Gen.Int[0, 59], Gen.Int[0, 59]).Array[0, 30]).Sample((poem, pieces) =>
        {
            PoemAssembly assembly = new(poem.Length);
            var there = new bool[poem.Length];
            foreach (var (one, other) in pieces)
            {
                var (from, to) = (Math.Min(one, other) % poem.Length, Math.Max(one, other) % poem.Length);
                if (to < from)
                    continue;
                assembly.Add(new PoemFragment("poem", from, poem.Length, "1"), poem.AsSpan(from..to));
                there.AsSpan(from..to).Fill(true);
                var missing = Array.IndexOf(there, false);
                Assert.Equal(missing < 0 ? poem.Length : missing, assembly.Missing);
                Assert.Equal(missing < 0 ? poem : null, assembly.Whole);
            }

            assembly.Add(new PoemFragment("poem", assembly.Missing, poem.Length, "1"), poem.AsSpan(assembly.Missing..));
            Assert.Equal(poem, assembly.Whole);
        });

    [Fact]
    public void Add_EmptyPoem_IsWhole()
    {
        PoemAssembly assembly = new(10);
        Assert.Null(assembly.Whole);
        assembly.Add(new PoemFragment("poem", 0, 0, "1"), []);
        Assert.Empty(assembly.Whole!);
    }

    [Fact]
    public void Add_AnotherEdition_BeginsAnew()
    {
        PoemAssembly assembly = new(10);
        assembly.Add(new PoemFragment("poem", 0, 4, "1"), "ab"u8);
        assembly.Add(new PoemFragment("poem", 2, 4, "2"), "CD"u8);
        Assert.Equal((0, null), (assembly.Missing, assembly.Whole));
        assembly.Add(new PoemFragment("poem", 0, 4, "2"), "AB"u8);
        Assert.Equal("ABCD"u8.ToArray(), assembly.Whole);
    }

    [Fact]
    public void Add_TooLong_IsRefusedBeforeItIsAllocated()
    {
        PoemAssembly assembly = new(10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var failure = Assert.Throws<PoetryException>(() => assembly.Add(new PoemFragment("poem", 0, int.MaxValue, "1"), "a"u8));
        Assert.Equal("The poem 'poem' has 2147483647 bytes, more than the accepted 10.", failure.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
