using TacHost.Control.Wire;
using TacHost.Fleet;

namespace TacHost.Tests.Fleet;

public sealed class ClusterPlanTests
{
    private const string Old = "11111111aa", New = "22222222bb";

    [Theory]
    [InlineData("= kept")]
    [InlineData("+ new: is new")]
    [InlineData("~ changed: its content has changed")]
    [InlineData("~ parameters: its parameters have changed")]
    [InlineData("~ constraints: its constraints have changed")]
    [InlineData("~ off: is turned off")]
    [InlineData("= stopped")]
    [InlineData("- gone: its tac file is gone")]
    [InlineData("! broken: error CS1002")]
    [InlineData("! drifted: node 'b' cannot run it: it has other content, 11111111 rather than 22222222")]
    [InlineData("! missing: node 'b' cannot run it: its directory does not have the tac file, or the deployment is off there")]
    [InlineData("! nowhere: no node that is up meets its constraints: role=gpu, node!=a")]
    public void Make_GivesEachDeploymentItsVerdict(string expected) =>
        Assert.Contains(expected, ClusterPlan.Make(Report(), Wanted()).Select(line => line.Text));

    [Fact]
    public void Make_KeepsWhatOperatorsHaveOrdered() =>
        Assert.Equal(("a", true), ClusterPlan.Make(Report(), Wanted()).Where(line => line.Unit.Name == "stopped").Select(line => (line.Unit.Node!, line.Unit.Off)).Single());

    [Fact]
    public void Make_OfADrainingNode_DoesNotAskForItsContent()
    {
        var report = Report();
        report = report with { Desired = report.Desired with { Draining = ["b"] } };
        Assert.Contains("~ drifted: its content has changed", ClusterPlan.Make(report, Wanted()).Select(line => line.Text));
    }

    [Theory]
    [InlineData("role=gpu", true)]
    [InlineData("role!=gpu", false)]
    [InlineData("node=a", true)]
    [InlineData("node!=a", false)]
    [InlineData("apart-from=science", false)]
    [InlineData("apart-from=ecstasy", true)]
    public void IsMet_OfAConstraint(string text, bool expected) =>
        Assert.Equal(expected, Constraint.Read(text).IsMet(new ClusterNode { Name = "a", Roles = ["gpu"] }, ["science"]));

    [Theory]
    [InlineData("gpu")]
    [InlineData("zone=a")]
    [InlineData("node=")]
    [InlineData("apart-from!=a")]
    public void Read_OfWhatIsNotAConstraint_Throws(string text) =>
        Assert.Contains($"'{text}' is not a constraint", Assert.Throws<TacHostException>(() => Constraint.Read(text)).Message, StringComparison.Ordinal);

    private static List<(DesiredUnit Unit, PreparedApplication.Failure? Failure)> Wanted() =>
    [
        (new DesiredUnit { Name = "kept", Hash = Old }, null),
        (new DesiredUnit { Name = "new", Hash = New }, null),
        (new DesiredUnit { Name = "changed", Hash = New }, null),
        (new DesiredUnit { Name = "parameters", Hash = Old, Parameters = new Dictionary<string, string> { ["port"] = "1" } }, null),
        (new DesiredUnit { Name = "constraints", Hash = Old, Constraints = ["node!=c"] }, null),
        (new DesiredUnit { Name = "off", Hash = Old, Off = true }, null),
        (new DesiredUnit { Name = "stopped", Hash = Old }, null),
        (new DesiredUnit { Name = "broken" }, new PreparedApplication.Failure(ExitCode.BadTac, "error CS1002")),
        (new DesiredUnit { Name = "drifted", Hash = New }, null),
        (new DesiredUnit { Name = "missing", Hash = New }, null),
        (new DesiredUnit { Name = "nowhere", Hash = New, Constraints = ["role=gpu", "node!=a"] }, null),
    ];

    private static ClusterReport Report() => new()
    {
        Ready = true,
        Desired = new ClusterSet
        {
            Version = 3,
            Applied = true,
            Units = [.. new[] { "kept", "changed", "parameters", "constraints", "off", "gone", "drifted" }.Select(name => new DesiredUnit { Name = name, Hash = Old }), new DesiredUnit { Name = "stopped", Hash = Old, Off = true, Node = "a" }],
        },
        Nodes =
        [
            Node("a", New, "new", "changed", "drifted", "missing", "nowhere") with { Roles = ["gpu"] },
            Node("b", New, "new", "changed"),
            Node("z", New) with { State = "unreachable" },
        ],
    };

    /// <summary>Returns a node that has the new content of some deployments, and the old one of the others.</summary>
    private static ClusterNode Node(string name, string hash, params string[] news) => new()
    {
        Name = name,
        State = "up",
        Units =
        [
            .. news.Select(each => new ClusterUnit { Name = each, Hash = hash, Ready = Old }),
            .. new[] { "kept", "parameters", "constraints", "off", "stopped", "gone", "drifted" }.Except(news).Select(each => new ClusterUnit { Name = each, Hash = Old, Ready = Old }),
        ],
    };
}
