using TacHost.EndToEnd.Tests.Running;
using TacHost.EndToEnd.Tests.SideBySide;

namespace TacHost.EndToEnd.Tests;

/// <summary>The real twistd and tachost in the same situations: they agree, or differ as docs/differences-from-twistd.md says.</summary>
public sealed class SideBySideTests(ComparisonTable table, ITestOutputHelper output) : IClassFixture<ComparisonTable>
{
    public static TheoryData<string> Rows => new(Situations.All.Select(situation => situation.Name));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Situation_PutToBoth_ShowsTheKnownFacts(string name)
    {
        var situation = Situations.All.Single(situation => situation.Name == name);
        Assert.SkipUnless(Program.IsInstalled(Contender.Twistd.Program), $"{Contender.Twistd.Program} is not installed");
        Assert.SkipUnless(Program.IsInstalled("setpriv"), "setpriv is not installed");
        Assert.SkipUnless(!situation.NeedsRoot || Environment.UserName == "root", "only root can give up privileges");

        var twistd = await PlayAsync(situation, Contender.Twistd);
        var tachost = await PlayAsync(situation, Contender.Tachost);
        output.WriteLine(table.Add(situation, twistd, tachost));

        Assert.Equal(Sorted(situation.Facts.Select(fact => (fact.Name, fact.Twistd))), Sorted(twistd.Select(fact => (fact.Key, fact.Value))));
        Assert.Equal(Sorted(situation.Facts.Select(fact => (fact.Name, fact.Tachost))), Sorted(tachost.Select(fact => (fact.Key, fact.Value))));
    }

    [Fact]
    public void Fact_ThatDiffers_HasAReasonAndOthersHaveNone()
    {
        Assert.True(Situations.All.Count >= 20);
        Assert.All(Situations.All.SelectMany(situation => situation.Facts), fact => Assert.Equal(fact.Twistd != fact.Tachost, fact.Difference is not null));
    }

    [Fact]
    public void DifferencesPage_ComparedWithTheRows_NamesTheSameDifferences()
    {
        var page = DifferencesPage.Read();
        var used = Situations.All.SelectMany(situation => situation.Facts).Select(fact => fact.Difference).OfType<string>().Distinct();

        Assert.Equal(used.Order(), page.Where(row => row.Value == nameof(SideBySideTests)).Select(row => row.Key).Order());
    }

    [Fact]
    public void DifferencesPage_ForWhatIsNotARow_NamesATestClassThatExists()
    {
        var classes = Directory.EnumerateFiles(Path.Combine(Program.Root, "tests"), "*Tests*.cs", SearchOption.AllDirectories).Select(path => Path.GetFileName(path).Split('.')[0]).ToHashSet();

        Assert.All(DifferencesPage.Read().Values, name => Assert.Contains(name, classes));
    }

    private static async Task<IReadOnlyDictionary<string, string>> PlayAsync(Situation situation, Contender contender)
    {
        await using var stage = new Stage(contender);
        await situation.Play(stage);
        return stage.Seen;
    }

    private static IEnumerable<string> Sorted(IEnumerable<(string Name, string Value)> facts) => facts.Select(fact => $"{fact.Name}: {fact.Value}").Order();
}
