using TacHost.Fleet;

namespace TacHost.Tests.Fleet;

public sealed class FleetPreparationTests
{
    [Fact]
    public void GroupOf_OtherDirectory_HasTheSameContentAndAnotherHash()
    {
        var (here, there) = (Group("/here", "a", isOff: false), Group("/there", "a", isOff: false));

        Assert.NotEqual("", here.Content);
        Assert.Equal(here.Content, there.Content);
        Assert.NotEqual(here.Hash, there.Hash);
    }

    [Fact]
    public void GroupOf_MemberThatDiffersOrIsOff_HasAnotherContent()
    {
        var group = Group("/here", "a", isOff: false);

        Assert.NotEqual(group.Content, Group("/here", "b", isOff: false).Content);
        Assert.NotEqual(group.Content, Group("/here", "a", isOff: true).Content);
    }

    private static PreparedUnit Group(string directory, string content, bool isOff)
    {
        PreparedUnit member = new(new PreparedApplication.Own(), $"{directory} {content}", [$"{directory}/poem.csx"]) { Content = content };
        return FleetPreparation.GroupOf([("poem", member)], [new FleetEntry("poem", $"{directory}/poem.csx") { IsOff = isOff }]);
    }
}
